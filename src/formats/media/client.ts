/** The script of pages of audio and video: shows the duration, or why a file cannot be played. */

import { elementById } from '../../web/kit/dom/element.ts';
import { isComplete } from '../../web/kit/ranges/is-complete.ts';
import { clock } from './shared/clock.ts';

const media = elementById('media');
if (media instanceof HTMLMediaElement) start(media);

/** The delay before an incomplete file is loaded again (milliseconds), and the number of attempts. */
const RETRY_DELAY = 700;
const MAX_RETRIES = 500;

function start(player: HTMLMediaElement): void {
  const { size = '', codecs = '' } = document.body.dataset;
  const codecNote = codecs ? ` (${codecs})` : '';

  let retries = 0;

  const showFault = (text: string): void => {
    const fault = elementById('fault');
    const message = fault?.querySelector('span');
    if (!fault || !message) return;
    message.textContent = text;
    fault.hidden = text === '';
  };

  const showDuration = (): void => {
    showFault('');
    const length = elementById('length');
    if (length && Number.isFinite(player.duration)) length.textContent = `${clock(player.duration)} · `;
    if (player instanceof HTMLVideoElement && player.videoWidth === 0)
      showFault(`This browser plays only the sound: it does not support the video codec${codecNote}.`);
  };

  /** Reports an error, unless the file is incomplete: a large file is shown while it is being copied. */
  const handleError = async (): Promise<void> => {
    const error = player.error;
    if (!error) return;
    if (!(await isComplete(player.src, Number(size)))) {
      if (++retries > 3) showFault('Waiting for the rest of the file.');
      if (retries < MAX_RETRIES) setTimeout(() => player.load(), RETRY_DELAY);
      return;
    }
    const isDecodeError = error.code === MediaError.MEDIA_ERR_DECODE;
    showFault(
      isDecodeError
        ? `The file is damaged, or this browser does not support the codec${codecNote}: playback stopped at ${clock(player.currentTime)}.`
        : `This browser cannot play the file${codecNote}: it does not support the format or codec, or the file is damaged.`,
    );
  };

  player.addEventListener('loadedmetadata', showDuration);
  player.addEventListener('durationchange', showDuration);
  player.addEventListener('error', () => void handleError());
  if (player.error) void handleError();
  else if (player.readyState >= HTMLMediaElement.HAVE_METADATA) showDuration();
}
