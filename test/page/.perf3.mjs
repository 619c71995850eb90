import { chromium } from 'playwright-core';
const U='http://127.0.0.1:38100/';
const b = await chromium.launch({executablePath:'/usr/bin/chromium', args:['--no-sandbox','--disable-gpu','--enable-precise-memory-info']});
const c = await b.newContext({bypassCSP:true,viewport:{width:1680,height:1000}});
await c.addInitScript(()=>sessionStorage.setItem('syncboard-token','demo-token'));
const codes=Array.from({length:60},(_,i)=>({code:'c'+i,description:'Source '+i,server:'s'+(i>>3),needsMonth:true,standsFor:false,entities:100}));
const entities=Array.from({length:100},(_,e)=>({name:'entity_'+e,description:'Entity number '+e,dated:e%3===0,sources:codes.map(({code})=>({code,order:e+1,exportedBy:code,servers:['s0','ab']}))}));
const catalog={revision:'x',timeZone:'Asia/Vladivostok',months:{from:'2018-01',to:'2026-11'},codes,entities};
const at=(i)=>new Date(Date.now()-i*61000).toISOString();
const cells={cells:codes.flatMap(({code},i)=>entities.map((e,j)=>({code,entity:e.name,state:(i*j)%97===1?'failed':'succeeded',run:'r'+j,at:at(i+j),success:{run:'r'+j,at:at(i+j),tookMs:1000*(i+j),rows:{export:5,crude:6,heap:7},newest:{source:at(1),crude:at(2)}}})))};
const active={cells:Array.from({length:16},(_,i)=>({code:'c'+i,entity:'entity_'+i,run:'z',state:'running',since:at(1),endsAt:new Date(Date.now()+60000).toISOString(),stagesDone:1,stagesTotal:3}))};
const p = await c.newPage();
p.on('pageerror',e=>console.log('ERR',e.message));
const json=(o)=>({status:200,contentType:'application/json',headers:{etag:'"x"'},body:JSON.stringify(o)});
let n=0;
await p.route('**/catalog',r=>r.fulfill(json(catalog)));
await p.route('**/overview/cells',r=>{ n++; return r.fulfill(r.request().headers()['if-none-match']?{status:304}:json(cells)); });
await p.route('**/overview/cells/active',r=>r.fulfill(json(active)));
const frames = (page)=>page.evaluate(()=>new Promise(res=>{let n=0,long=0,last=performance.now();const box=document.querySelector('.matrix-box');const t0=last;const f=(t)=>{n++; long=Math.max(long,t-last); last=t; if(box){box.scrollTop=(n*17)%2400;box.scrollLeft=(n*11)%1500;} if(t-t0<5000) requestAnimationFrame(f); else res({fps:n/((t-t0)/1000),long});};requestAnimationFrame(f);}));
const empty = await c.newPage(); await empty.goto('about:blank'); console.log('empty', await frames(empty)); await empty.close();
const t0=Date.now(); await p.goto(U+'#/board'); await p.locator('.matrix').first().waitFor({timeout:60000}); console.log('drawn ms',Date.now()-t0);
const cdp=await c.newCDPSession(p);


await cdp.send('Performance.enable');
const met=async()=>Object.fromEntries((await cdp.send('Performance.getMetrics')).metrics.filter(m=>/Duration|Count|Heap/.test(m.name)).map(m=>[m.name,m.value]));
await p.waitForTimeout(3000);

const css=[['base','a{}'],['noshadow','.matrix *{box-shadow:none!important}'],['nosticky','.matrix tr > th:first-child,.matrix .corner{position:static!important}'],['noradius','.matrix *, .matrix-box{border-radius:0!important}'],['nohead','.matrix thead{position:static!important}']];
import fs from 'node:fs';
for (const [name,t] of css){ await p.addStyleTag({content:t}); await p.waitForTimeout(1500);
await b.startTracing(p,{path:'/tmp/pboard/trace.json',categories:['devtools.timeline','cc']}); await frames(p); await b.stopTracing();
const ev=JSON.parse(fs.readFileSync('/tmp/pboard/trace.json')).traceEvents; const d={},n={}; for(const e of ev) if(e.ph==='X'){d[e.name]=(d[e.name]??0)+(e.tdur??0)/1000;n[e.name]=(n[e.name]??0)+1;}
const f=n['ProxyMain::BeginMainFrame']; console.log(name,'frames',f,'per frame',Object.fromEntries(['ProxyMain::BeginMainFrame','Paint','PrePaint','Layout','FunctionCall','Layerize'].map(k=>[k,+((d[k]??0)/f).toFixed(1)])),'paints/frame',(n.Paint/f).toFixed(0)); }
await b.close();
