// Libraries that refer to the types of Node get none in code that also runs in browsers.
export {};
