/** Loaded by vitest before each test file in `test/`. */
import { afterAll } from 'vitest';
import { cleanUp } from './cleanup.ts';

afterAll(cleanUp);
