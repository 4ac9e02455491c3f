/** What we use of highlight.js. Its own types load those of the DOM into every program, also those that run without one. */

/** Made by a `LanguageFn`, read by the library only. */
export interface Language {
  readonly name?: string;
}

export type LanguageFn = (hljs: HLJSApi) => Language;

export interface HLJSApi {
  configure(options: { classPrefix?: string }): void;
  highlight(code: string, options: { language: string; ignoreIllegals?: boolean }): { value: string };
  registerLanguage(name: string, language: LanguageFn): void;
  getLanguage(name: string): Language | undefined;
}
