/** How large a picture is shown: pure arithmetic of the view of pictures. */

/** The sizes that the buttons and keys step through, screen pixels for one of the picture. */
const STEPS = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
/** Beyond this many screen pixels browsers lay elements out wrongly or slowly. */
const LONGEST = 120_000;

/** The next step above (`direction` 1) or below (-1) a scale. */
export function step(scale: number, direction: 1 | -1): number {
  const near = 1 + direction * 0.01;
  if (direction > 0) return STEPS.find((value) => value > scale * near) ?? scale;
  return STEPS.findLast((value) => value < scale * near) ?? scale;
}

/** The scale within what is possible for a picture: from all of it in the room (`fit`), or a part of that, to single pixels. */
export function bounded(scale: number, fit: number, width: number, height: number): number {
  const most = Math.max(fit, 1, Math.min(64, LONGEST / Math.max(width, height)));
  return Math.min(most, Math.max(scale, Math.min(fit, 1 / 32)));
}

/** The scale at which a picture fits into a room, never enlarged; a room without height is as high as need be. */
export function fitting(width: number, height: number, room: { width: number; height: number | undefined }): number {
  return Math.min(1, room.width / width, room.height === undefined ? 1 : room.height / height);
}

/**
 * Where a click leads to from the whole picture: its actual size; and where that is what is shown, the largest whole
 * number of screen pixels for one of the picture that fits, at least 2.
 */
export function closer(fit: number, width: number, height: number, room: { width: number; height: number }): number {
  if (fit < 1) return 1;
  return Math.max(2, Math.min(32, Math.floor(Math.min(room.width / width, room.height / height))));
}

/** A colour as text: hexadecimal as in CSS, then its parts. */
export function colour(red: number, green: number, blue: number, alpha: number): string {
  const hex = (values: number[]): string => values.map((value) => value.toString(16).padStart(2, '0')).join('');
  if (alpha === 255) return `#${hex([red, green, blue])} (${red}, ${green}, ${blue})`;
  return `#${hex([red, green, blue, alpha])} (${red}, ${green}, ${blue}, ${Math.round((alpha / 255) * 100)} %)`;
}
