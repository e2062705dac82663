/** A line of the script on screen: the second at which it was written. No two are the same. */
export const LINE = /at \d{10}[.,]\d{6}/

/**
 * Before anything of the page runs: notes of each line when the runner made the event that brought it, and how old that was
 * once the page had folded it. What is posted while a message is dispatched runs after everybody has heard it.
 */
export const LISTEN = `
  (() => {
    const ages = { fold: [], paint: [] };
    const made = new Map();
    const now = () => performance.timeOrigin + performance.now();
    const later = (work) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = work;
      channel.port2.postMessage(null);
    };
    window.bench = { ages, made, now, later };
    window.WebSocket = class extends WebSocket {
      constructor(...given) {
        super(...given);
        this.addEventListener('message', ({ data }) => {
          if (typeof data !== 'string' || !data.includes('output.appended')) return;
          const at = Date.parse(/"at":"([^"]+)"/.exec(data)?.[1] ?? '');
          for (const [line] of data.matchAll(/at \\d{10}[.,]\\d{6}/g)) made.set(line, at);
          later(() => ages.fold.push(now() - at));
        });
      }
    };
  })()`

/** Once the page is at rest: how old each line's event was when the frame that shows it had been handed over. */
export const WATCH = `
  (() => {
    const { ages, made, now, later } = window.bench;
    const shown = () => document.querySelector('.tl .out').textContent.slice(-400).match(/at \\d{10}[.,]\\d{6}/g) ?? [];
    const seen = new Set(shown());
    ages.fold.length = 0;
    new MutationObserver(() => {
      const fresh = shown().filter((line) => !seen.has(line) && made.has(line));
      if (fresh.length === 0) return;
      for (const line of fresh) seen.add(line);
      requestAnimationFrame(() => later(() => ages.paint.push(...fresh.map((line) => now() - made.get(line)))));
    }).observe(document.querySelector('.tl'), { subtree: true, childList: true, characterData: true });
  })()`
