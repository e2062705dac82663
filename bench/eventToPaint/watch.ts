/** A line of the script on screen: the second at which it was written. */
export const LINE = /at \d{10}[.,]\d{6}/

/**
 * In the page: notes of each line how old it was when the row held it, and how old once the frame after that was handed to be
 * shown. What runs in a task after the frame's own callbacks runs after its paint.
 */
export const WATCH = `
  (() => {
    const ages = { row: [], paint: [] };
    window.ages = ages;
    const now = () => performance.timeOrigin + performance.now();
    const shown = () => [...document.querySelector('.tl .out').textContent.slice(-400).matchAll(/at (\\d{10})[.,](\\d{6})/g)]
      .map(([, seconds, micros]) => Number(seconds) * 1000 + Number(micros) / 1000);
    let last = shown().at(-1);
    new MutationObserver(() => {
      const fresh = shown().filter((at) => at > last);
      if (fresh.length === 0) return;
      last = fresh.at(-1);
      ages.row.push(...fresh.map((at) => now() - at));
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => ages.paint.push(...fresh.map((at) => now() - at));
        channel.port2.postMessage(null);
      });
    }).observe(document.querySelector('.tl'), { subtree: true, childList: true, characterData: true });
  })()`
