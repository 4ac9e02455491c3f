/** Files that the build embeds into scripts as bytes. */
declare module '*.pfb' {
  const bytes: Uint8Array;
  export default bytes;
}
declare module '*.wasm' {
  const bytes: Uint8Array;
  export default bytes;
}
declare module '*.bcmap' {
  const bytes: Uint8Array;
  export default bytes;
}
