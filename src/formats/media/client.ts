/** The script of pages of sound and film: how long it is, and why it does not play. */

import { isComplete } from '../../web/kit/ranges/is-complete.ts';
import { clock } from './shared/clock.ts';

const media = document.getElementById('media');
if (media instanceof HTMLMediaElement) start(media);

/** How long we wait before we look again whether the whole file is there, milliseconds, and how often we do. */
const PAUSE = 700;
const LOOKS = 500;

function start(player: HTMLMediaElement): void {
  const { size = '', codecs = '' } = document.body.dataset;
  const of = codecs ? ` (${codecs})` : '';

  let looks = 0;

  const tell = (text: string): void => {
    const fault = document.getElementById('fault');
    const words = fault?.querySelector('span');
    if (!fault || !words) return;
    words.textContent = text;
    fault.hidden = text === '';
  };

  const known = (): void => {
    tell('');
    const length = document.getElementById('length');
    if (length && Number.isFinite(player.duration)) length.textContent = `${clock(player.duration)} · `;
    if (player instanceof HTMLVideoElement && player.videoWidth === 0)
      tell(`This browser plays the sound only: it does not know how the picture is coded${of}.`);
  };

  /** What is wrong, unless the file is still on its way here: a large one is shown before its copy is made. */
  const failed = async (): Promise<void> => {
    const error = player.error;
    if (!error) return;
    if (!(await isComplete(player.src, Number(size)))) {
      if (++looks > 3) tell('The whole file is not here yet.');
      if (looks < LOOKS) setTimeout(() => player.load(), PAUSE);
      return;
    }
    const damaged = error.code === MediaError.MEDIA_ERR_DECODE;
    tell(
      damaged
        ? `It is damaged, or coded in a way that this browser does not know${of}: it stopped at ${clock(player.currentTime)}.`
        : `This browser cannot play it${of}: it does not know the format or how it is coded, or the file is damaged.`,
    );
  };

  player.addEventListener('loadedmetadata', known);
  player.addEventListener('durationchange', known);
  player.addEventListener('error', () => void failed());
  if (player.error) void failed();
  else if (player.readyState >= HTMLMediaElement.HAVE_METADATA) known();
}
