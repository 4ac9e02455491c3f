/** Computes the scale of a picture, in screen pixels per picture pixel. */

/** The scales that buttons and keys step through. */
const STEPS = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
/** Longest side of an element, in pixels, that browsers lay out correctly and quickly. */
const MAX_SIDE = 120_000;

/** The next step above (`direction` 1) or below (-1) a scale. */
export function nextStep(scale: number, direction: 1 | -1): number {
  const tolerance = 1 + direction * 0.01;
  if (direction > 0) return STEPS.find((value) => value > scale * tolerance) ?? scale;
  return STEPS.findLast((value) => value < scale * tolerance) ?? scale;
}

/** Clamps a scale between 1/32, or `fit` if that is smaller, and 64. */
export function clampScale(scale: number, fit: number, width: number, height: number): number {
  const max = Math.max(fit, 1, Math.min(64, MAX_SIDE / Math.max(width, height)));
  return Math.min(max, Math.max(scale, Math.min(fit, 1 / 32)));
}

/** The scale, at most 1, at which a picture fits into an area. An undefined height means unlimited. */
export function fitScale(width: number, height: number, area: { width: number; height: number | undefined }): number {
  return Math.min(1, area.width / width, area.height === undefined ? 1 : area.height / height);
}

/**
 * The scale after a click on a picture that is shown completely: actual size or, if it is shown so already, the largest
 * whole number that fits, at least 2.
 */
export function scaleForClick(
  fit: number,
  width: number,
  height: number,
  area: { width: number; height: number },
): number {
  if (fit < 1) return 1;
  return Math.max(2, Math.min(32, Math.floor(Math.min(area.width / width, area.height / height))));
}

/** Whether a scale is larger than the one that fits, apart from rounding. */
export function isEnlarged(scale: number, fit: number): boolean {
  return scale > fit * 1.001;
}

/** The factor by which a turn of the wheel changes the scale. @param delta pixels that the wheel would scroll down */
export function wheelFactor(delta: number): number {
  return Math.exp(-Math.max(-200, Math.min(200, delta)) / 300);
}

/** A scale as text, with one decimal below 10: `150 %`, `3.1 %`. */
export function percentText(scale: number): string {
  const rounded = Math.round(scale * 1000) / 10;
  return `${rounded >= 10 ? Math.round(scale * 100) : rounded} %`;
}

/** A colour as text: `#1f77b4 (31, 119, 180)`. */
export function colourText(red: number, green: number, blue: number, alpha: number): string {
  const hex = (values: number[]): string => values.map((value) => value.toString(16).padStart(2, '0')).join('');
  if (alpha === 255) return `#${hex([red, green, blue])} (${red}, ${green}, ${blue})`;
  return `#${hex([red, green, blue, alpha])} (${red}, ${green}, ${blue}, ${Math.round((alpha / 255) * 100)} %)`;
}
