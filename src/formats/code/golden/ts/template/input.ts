/* A comment
   over two lines. */
export const greeting = (name: string, times = 3): string => `
  Hello ${name.repeat(times)},
  good day & <good> luck.
`;
