import { expect, test } from 'vitest';
import {
  clampScale,
  colourText,
  fitScale,
  isEnlarged,
  nextStep,
  percentText,
  scaleForClick,
  wheelFactor,
} from './scale.ts';

test('steps go up and down, also from between two steps, and end at the limits', () => {
  expect([
    nextStep(1, 1),
    nextStep(1, -1),
    nextStep(0.9, 1),
    nextStep(0.9, -1),
    nextStep(64, 1),
    nextStep(1 / 32, -1),
  ]).toEqual([1.5, 2 / 3, 1, 2 / 3, 64, 1 / 32]);
});

test('fitting never enlarges a picture', () => {
  expect(fitScale(2000, 1000, { width: 1000, height: undefined })).toBe(0.5);
  expect(fitScale(1000, 2000, { width: 1000, height: 500 })).toBe(0.25);
  expect(fitScale(10, 10, { width: 1000, height: 500 })).toBe(1);
});

test('a click enlarges small pictures by a whole number and shows large ones at actual size', () => {
  expect(scaleForClick(0.5, 2000, 1000, { width: 1000, height: 500 })).toBe(1);
  expect(scaleForClick(1, 16, 16, { width: 1000, height: 420 })).toBe(26);
  expect(scaleForClick(1, 900, 400, { width: 1000, height: 420 })).toBe(2);
});

test('scales are clamped', () => {
  expect(clampScale(1e9, 1, 100, 100)).toBe(64);
  expect(clampScale(1e9, 0.01, 1_000_000, 10)).toBe(1);
  expect(clampScale(0, 0.001, 1_000_000, 10)).toBe(0.001);
  expect(clampScale(0, 1, 100, 100)).toBe(1 / 32);
});

test('a picture that fits is not enlarged, even if rounding has changed its scale', () => {
  expect([isEnlarged(0.5, 0.5), isEnlarged(0.5001, 0.5), isEnlarged(0.6, 0.5)]).toEqual([false, false, true]);
});

test('the wheel zooms out when it turns down, and fast turns are limited', () => {
  expect(wheelFactor(0)).toBe(1);
  expect(wheelFactor(100) * wheelFactor(-100)).toBeCloseTo(1);
  expect(wheelFactor(100)).toBeLessThan(1);
  expect(wheelFactor(5000)).toBe(wheelFactor(200));
});

test('percentages below 10 have a decimal', () => {
  expect([0.03125, 0.0999, 0.1, 1.5, 64].map(percentText)).toEqual(['3.1 %', '10 %', '10 %', '150 %', '6400 %']);
});

test('colours', () => {
  expect(colourText(31, 119, 180, 255)).toBe('#1f77b4 (31, 119, 180)');
  expect(colourText(0, 0, 0, 128)).toBe('#00000080 (0, 0, 0, 50 %)');
});
