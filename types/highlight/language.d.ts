import type { LanguageFn } from './index.d.ts';

declare const language: LanguageFn;
export default language;
