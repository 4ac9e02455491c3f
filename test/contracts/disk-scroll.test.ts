import { openScroll } from '../../src/scroll/disk.ts';
import { scrollContract } from './scroll.ts';

scrollContract('disk', openScroll);
