/** Boards: reading them, writing them, switching a call, starting what is on. */

import { z } from 'zod';
import { runQueueOutput } from '../../shared/app/run-queue.ts';
import { callIdPattern } from '../../shared/board/board.ts';
import { patchCall, putBoard, removeBoard } from '../board/change-board.ts';
import { importBoard } from '../board/import-board.ts';
import { boardHistory, listBoards, readBoard } from '../board/read-boards.ts';
import { runBoard } from '../board/run-board.ts';
import type { Route } from '../route.ts';
import * as schemas from '../shapes/boards.ts';
import { ifMatch, ifNoneMatch } from '../shapes/precondition.ts';
import { userSchema } from '../shapes/runs.ts';
import {
  answered,
  dryWrite,
  forIfMatch,
  named,
  readProblems,
  writeProblems,
} from './revised-parts.ts';
import { dry as dryRun, key, started, startProblems } from './run-parts.ts';

const board = named('board');
const dry = dryWrite('the board as it would be');
const now = (description: string) => answered(description, () => schemas.boardViewSchema);
const written = { 200: now('The board as it is now'), 201: now('It was made') };

export const boardRoutes: readonly Route[] = [
  {
    name: 'boards',
    tag: 'boards',
    route: 'boards',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: listBoards,
        conditional: true,
        summary: 'Boards, those whose data sources the token may touch',
        responses: { 200: { description: 'By name', json: () => schemas.boardsSchema } },
      },
    }),
  },
  {
    name: 'board',
    tag: 'boards',
    route: 'boards/{board}',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readBoard,
        conditional: true,
        summary: 'A board: its calls, which of them are switched on, what is wrong with them',
        parameters: [
          board,
          {
            name: 'revision',
            in: 'query',
            description: 'As it was after this change; 0: as it was shipped',
            schema: () => schemas.revisionNumberSchema,
          },
        ],
        responses: { 200: { description: 'The board', json: () => schemas.boardViewSchema } },
        problems: readProblems,
      },
      PUT: {
        handler: putBoard,
        changes: 'board.write',
        summary: 'Write a board, a new one or in place of what it was',
        parameters: [board, dry, ifMatch, ifNoneMatch],
        body: () => schemas.boardBodySchema,
        responses: written,
        problems: writeProblems,
      },
      DELETE: {
        handler: removeBoard,
        changes: 'board.remove',
        summary: 'Remove a board; its history stays',
        parameters: [board, ifMatch],
        responses: { 200: { description: 'What it was', json: () => schemas.boardViewSchema } },
        problems: writeProblems,
      },
    }),
  },
  {
    name: 'board_call',
    tag: 'boards',
    route: 'boards/{board}/calls/{call}',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      PATCH: {
        handler: patchCall,
        changes: 'board.switch',
        summary: 'Switch one call on or off, or note something beside it',
        parameters: [
          board,
          {
            name: 'call',
            in: 'path',
            description: 'The id of a call of the board',
            schema: () => z.string().regex(callIdPattern),
          },
          ifMatch,
        ],
        body: () => schemas.switchBodySchema,
        responses: { 200: now('The board as it is now') },
        problems: writeProblems,
      },
    }),
  },
  {
    name: 'import_board',
    tag: 'boards',
    route: 'boards/{board}/import',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      POST: {
        handler: importBoard,
        changes: 'board.import',
        summary: 'Write a board from a board.py, as it is',
        parameters: [
          board,
          dry,
          { name: 'user', in: 'query', description: 'Who asks', schema: () => userSchema },
          ifMatch,
          ifNoneMatch,
        ],
        anyBody:
          'The text of a board.py, in UTF-8, with the file of its constants before it or not',
        responses: written,
        problems: writeProblems,
      },
    }),
  },
  {
    name: 'board_history',
    tag: 'boards',
    route: 'boards/{board}/history',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: boardHistory,
        conditional: true,
        summary: 'Who changed a board and when, the newest first',
        parameters: [board],
        responses: { 200: { description: 'The newest ones', json: () => schemas.revisionsSchema } },
        problems: readProblems,
      },
    }),
  },
  {
    name: 'run_board',
    tag: 'boards',
    route: 'boards/{board}/run',
    access: 'body',
    refusals: 'json',
    outputs: [runQueueOutput],
    methods: () => ({
      POST: {
        handler: runBoard,
        changes: 'run.start',
        summary: 'Start the calls that are switched on, as one run',
        parameters: [board, dryRun, key, ifMatch],
        body: () => schemas.runBoardBodySchema,
        responses: { ...started, 200: { ...started[200], headers: forIfMatch } },
        problems: [...startProblems, 'changed', 'nothing-to-run', 'faulty-board', 'newer-document'],
      },
    }),
  },
];
