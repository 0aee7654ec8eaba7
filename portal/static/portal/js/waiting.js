// What a worker is making shows by itself: parts with `data-waits` are fetched again until they wait no longer.

const LONGEST = 15000;

const stillWaiting = () => [...document.querySelectorAll("[data-waits][id]")];

async function look(pause) {
  await new Promise((done) => { setTimeout(done, pause); });
  if (!document.hidden) await refresh().catch(() => null); // no connection now; the next look will tell
  if (stillWaiting().length) look(Math.min(pause * 1.3, LONGEST));
}

async function refresh() {
  const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of stillWaiting()) {
    const then = fresh.getElementById(part.id);
    if (!then || then.isEqualNode(part) || part.contains(document.activeElement)) continue;
    part.replaceChildren(...then.childNodes); // it stays the live region that is read out
    part.toggleAttribute("data-waits", then.hasAttribute("data-waits"));
  }
}

look(1500);
