// The one script of the public pages: it keeps the delays true and says other zones. For old browsers: ES5.
(function () {
  'use strict';
  var MINUTE = 60;
  var openedAt = Date.now();

  function pad(number) {
    return (number < 10 ? '0' : '') + number;
  }

  function filled(words, name, values) {
    return words.getAttribute('data-' + name).replace(/\{(\w+)\}/g, function (_, key) {
      return values[key];
    });
  }

  // the same as delayText of public-time.rules.ts
  function delay(element, seconds) {
    var days = Number(element.getAttribute('data-days'));
    if (seconds < MINUTE) return element.getAttribute('data-soon');
    var minutes = Math.ceil(seconds / MINUTE);
    if (minutes < 60) return filled(element, 'minutes', { m: minutes });
    if (seconds < 86400 || days < 2) {
      return filled(element, 'hours', { h: Math.floor(minutes / 60), m: pad(minutes % 60) });
    }
    return filled(element, 'days-text', { d: days });
  }

  function tell(element) {
    var now = Date.now() / 1000;
    var starts = Number(element.getAttribute('data-starts'));
    var ends = Number(element.getAttribute('data-ends'));
    var text;
    if (now < starts) text = delay(element, starts - now);
    else if (now < ends) {
      text =
        element.getAttribute('data-open') + ', ' + filled(element, 'left', { m: Math.ceil((ends - now) / MINUTE) });
    } else if (Date.now() - openedAt > MINUTE * 1000) {
      // over while the page was open: the server knows what comes next
      openedAt = Date.now();
      return location.reload();
    } else return undefined;
    if (element.textContent !== text) element.textContent = text;
    return undefined;
  }

  function each(selector, work) {
    var found = document.querySelectorAll(selector);
    for (var i = 0; i < found.length; i++) work(found[i]);
  }

  function clock(seconds, language) {
    var at = new Date(seconds * 1000);
    return language === 'fr'
      ? at.getHours() + '\u00a0h\u00a0' + pad(at.getMinutes())
      : pad(at.getHours()) + ':' + pad(at.getMinutes());
  }

  // where the reader's clock differs from the school's at that time, the reader's own hours beside them
  function sayZone(element) {
    var starts = Number(element.getAttribute('data-starts'));
    var language = document.documentElement.lang;
    if (-new Date(starts * 1000).getTimezoneOffset() === Number(element.getAttribute('data-offset'))) return;
    var ends = Number(element.getAttribute('data-ends'));
    element.textContent = filled(element, 'yours', { from: clock(starts, language), to: clock(ends, language) });
  }

  function refresh() {
    each('[data-soon]', tell);
  }

  function connection() {
    each('[data-offline]', function (element) {
      element.textContent = navigator.onLine === false ? element.getAttribute('data-offline') : '';
    });
  }

  each('[data-offset]', sayZone);
  refresh();
  setInterval(refresh, 5000);
  document.addEventListener('visibilitychange', refresh);
  window.addEventListener('online', connection);
  window.addEventListener('offline', connection);
  connection();
})();
