export { Places } from '../outbound/places.ts';
