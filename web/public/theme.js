// Before anything is drawn: the reader's light or dark, so that nothing flashes.
(function () {
  var stored = null;
  try {
    stored = localStorage.getItem('etale-color-scheme');
  } catch (_error) {
    stored = null;
  }
  var isDark = stored === 'dark' || (stored !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
})();
