/** Seconds as `0:07`, `12:34` or `1:02:03`. */
export function clock(seconds: number): string {
  const rounded = Math.max(0, Math.round(seconds));
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(rounded / 60) % 60;
  const hours = Math.floor(rounded / 3600);
  return hours > 0
    ? `${hours}:${twoDigits(minutes)}:${twoDigits(rounded % 60)}`
    : `${minutes}:${twoDigits(rounded % 60)}`;
}
