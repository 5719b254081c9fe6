// Beats once a second. In a worker, because browsers slow down the timers of pages that nobody looks at.
setInterval(() => postMessage(null), 1000);
