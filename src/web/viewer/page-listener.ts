import { parseMessageFromPage } from '../../shared/page-messages.ts';
import { type Action, actionOf } from '../../shared/shortcuts.ts';
import type { Frames } from './frames/frames.ts';
import { isFromUser } from './frames/sandbox.ts';
import type { WarmFrames } from './frames/warm-frames.ts';
import type { AloneView } from './ui/alone-view.ts';
import { askToOpen } from './ui/dialogs.ts';

export interface PageListenerOptions {
  readonly frames: Frames;
  readonly warm: WarmFrames;
  readonly alone: AloneView;
  /** The user pressed a shortcut in the frame of entry `n` of the feed. */
  readonly onSelect: (n: number) => void;
  readonly run: (action: Action) => void;
}

/**
 * Handles the messages of pages in frames. Any window can send one, so it is parsed and must come from a known frame.
 */
export function listenToPages({ frames, warm, alone, onSelect, run }: PageListenerOptions): void {
  addEventListener('message', ({ data, source }: MessageEvent<unknown>) => {
    const message = parseMessageFromPage(data);
    if (!message || !source) return;
    if (message.webpipe === 'warm') return warm.onReady(source);
    const isAlone = alone.owns(source);
    const n = isAlone ? alone.n : frames.ownerOf(source);
    if (n === undefined) return;
    switch (message.webpipe) {
      case 'here':
        return frames.onAnswer(source);
      case 'ready':
        return isAlone ? alone.onReady() : frames.onDisplayable(source);
      case 'height':
        return isAlone ? alone.onReady() : frames.onDisplayable(source, message.height);
      case 'link':
        if (isFromUser(source, message)) askToOpen(message.url);
        return;
      case 'key': {
        const action = actionOf(message.key);
        if (!isFromUser(source, message) || (isAlone && action !== 'escape')) return;
        if (!isAlone) onSelect(n);
        if (action) run(action);
      }
    }
  });
}
