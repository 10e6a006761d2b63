export { localMargins, type LocalMargin } from './local-margins.ts';
