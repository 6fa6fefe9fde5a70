const box = document.getElementById('film'), video = box.querySelector('video'), slide = box.querySelector('input');
const facts = JSON.parse(document.getElementById('reel').textContent), out = box.querySelector('output');
const play = box.querySelector('[data-play]'), says = box.querySelector('.says');
let speed = 1;
function clock(share) {
  const s = (facts.start + Math.round(facts.first + share * (facts.last - facts.first))) % 86400;
  return [s / 3600, s / 60 % 60, s % 60].map(v => String(Math.floor(v)).padStart(2, '0')).join(':');
}
function show() {
  if (!video.duration) return;
  const share = video.currentTime / video.duration;
  slide.value = Math.round(share * 10000); tell(share);
}
function tell(share) {
  out.textContent = clock(share);
  const so = facts.said.filter(s => s.f <= share + 1e-6).pop();
  if (so) says.textContent = so.t;
}
function go(share) {
  if (!video.duration) return;
  video.currentTime = Math.min(share, 0.9999) * video.duration; slide.value = Math.round(share * 10000);
  tell(share);
}
function pace(n) {
  speed = n; video.playbackRate = Math.min(16, Math.max(0.0625, facts.speeds[n]));
  box.querySelectorAll('[data-speed]').forEach(b => b.setAttribute('aria-pressed', b.dataset.speed == n));
}
video.addEventListener('loadedmetadata', () => { go(0); pace(1); });
video.addEventListener('timeupdate', show);
video.addEventListener('ended', () => { play.textContent = 'Play'; });
slide.addEventListener('input', () => go(slide.value / 10000));
box.addEventListener('click', event => {
  const d = event.target.dataset;
  if (d.play) { if (video.paused) { video.play(); play.textContent = 'Stop'; } else { video.pause(); play.textContent = 'Play'; } }
  if (d.mark) go(facts.marks[d.mark].f);
  if (d.speed) pace(Number(d.speed));
  if (d.next) {
    const now = video.currentTime / video.duration + 0.0005;
    const next = facts.marks.find(m => m.f > now);
    if (next) go(next.f);
  }
});
if (video.readyState >= 1) { go(0); pace(1); }
