/* Keeps a wall true: turns its parts and stars, asks for the heartbeat, says when none comes.
   Old televisions read this too: nothing newer than ES5. */
(function () {
  "use strict";
  var BEAT_MS = 3000, RETRY_MS = 1500, PATIENCE_MS = 4000, SILENT_MS = 9000, SHIFT_MS = 60000;
  /* In two pieces: this script stands inside the page whose stage they mark. */
  var STAGE = "<" + "!--stage-->", STAGE_END = "<" + "!--/stage-->";
  var STEPS = [[0, 0], [4, 2], [2, 4], [-2, 3], [-4, 0], [-3, -3], [0, -4], [3, -2]];
  var stage = document.getElementById("stage");
  var pictures = {}, order = [], now = told("star"), since = "", hour = -1, failed = 0;
  var program = told("program"), heard = clock(), part = 0, waiting = 0, timers = [];
  var running = false, begun = false, closed = false;

  function told(name) { return document.getElementById("wall").getAttribute("data-" + name) || ""; }
  function clock() { return window.performance && performance.now ? performance.now() : +new Date(); }
  function filled(text, name, value) { return text.split("{" + name + "}").join(value); }

  /* One request that always ends: done(status, text), status 0 for none. */
  function ask(address, done) {
    var request = new XMLHttpRequest(), over = false;
    function end(status, text) {
      if (over) { return; }
      over = true;
      window.clearTimeout(guard);
      if (running) { done(status, text); }
    }
    var guard = window.setTimeout(function () { end(0, ""); request.abort(); }, PATIENCE_MS);
    request.onreadystatechange = function () {
      if (request.readyState === 4) { end(request.status, request.responseText); }
    };
    try { request.open("GET", address, true); request.send(); } catch (broken) { end(0, ""); }
  }

  function beat() {
    window.clearTimeout(waiting);
    var address = told("beat");
    address += (address.indexOf("?") < 0 ? "?" : "&") + "at=" + (+new Date());
    ask(address, function (status, text) {
      var answer = null;
      try { answer = JSON.parse(text); } catch (broken) { answer = null; }
      if (status === 200 && answer && answer.pictures) { live(answer); }
      else if (answer && answer.closed) { close(); }
      else { lost(status && answer ? answer.error || "" : ""); }
      waiting = window.setTimeout(beat, failed ? RETRY_MS : BEAT_MS);
    });
  }

  function live(answer) {
    var place, star;
    heard = clock();
    failed = 0;
    since = answer.clock;
    hour = answer.hour;
    if (answer.written && new Date() / 1000 - answer.written > answer.keeps) {
      sign(filled(told("old"), "when", answer.when));
    } else {
      mark("lost", false);
    }
    write("clock", answer.said);
    order = [];
    for (place = 0; place < answer.pictures.length; place += 1) {
      star = answer.pictures[place];
      order.push(star.star);
      if (!pictures[star.star] || pictures[star.star].tag !== star.tag) { fetch(star); }
    }
    light();
    if (closed) { closed = false; show(now, part); }
    if (program && answer.program !== program) { renew(answer); }
  }

  function fetch(star) {
    ask(star.href, function (status, text) {
      var from = text.indexOf(STAGE), to = text.lastIndexOf(STAGE_END);
      if (status !== 200 || from < 0 || to < from) { return; }
      pictures[star.star] = { tag: star.tag, html: text.slice(from, to + STAGE_END.length) };
      if (star.star === now) { show(now, part); }
    });
  }

  /* The program was upgraded: its new script takes over from this one, picture in place. */
  function renew(answer) {
    var script = document.createElement("script");
    if (window.nsmRenewed === answer.program) { return; }
    window.nsmRenewed = answer.program;
    script.src = answer.script;
    document.body.appendChild(script);
  }

  function lost(error) {
    failed += 1;
    sign(error ? filled(filled(told("trouble"), "since", since), "error", error)
      : filled(told("lost"), "since", since));
  }

  function sign(text) { write("sign", text); mark("lost", true); }

  function close() {
    var frame = document.getElementById("frame"), line = document.createElement("p");
    closed = true;
    heard = clock();
    pictures = {};
    line.className = "closed";
    line.appendChild(document.createTextNode(told("closed")));
    frame.innerHTML = "";
    frame.appendChild(line);
    mark("lost", false);
    write("clock", "");
  }

  function write(id, text) {
    var place = document.getElementById(id);
    if (place && place.textContent !== text) { place.textContent = text; }
  }

  function mark(name, on) {
    var names = (" " + document.body.className + " ").replace(" " + name + " ", " ");
    names = (on ? names + name : names).replace(/^\s+|\s+$/g, "");
    if (document.body.className !== names) { document.body.className = names; }
  }

  function light() {
    var theme = told("theme");
    if (hour < 0) { return; }
    mark("day", theme === "day" || (theme === "auto" && hour >= 7 && hour < 19));
    mark("dusk", hour >= 19 && hour < 22);
    mark("dark", hour >= 22 || hour < 6);
  }

  function parts() { return stage.querySelectorAll(".turn"); }

  function show(star, at) {
    var picture = pictures[star], found;
    if (!picture) { return; }
    if (star !== now || told("tag") !== picture.tag || closed) {
      stage.innerHTML = picture.html;
      now = star;
      document.title = stage.querySelector("bdi") ? stage.querySelector("bdi").textContent : "";
      light();
      shift();
      fit();
    }
    found = parts();
    part = found.length ? at % found.length : 0;
    turnOn(found, part);
  }

  function turnOn(found, at) {
    var place;
    for (place = 0; place < found.length; place += 1) {
      found[place].className = found[place].className.replace(/ on$/, "") + (place === at ? " on" : "");
    }
  }

  /* Smaller than it was asked for, where names are too long or the scale too large for the screen:
     one size for all turns of a star. A phone scrolls. */
  function fit() {
    var root = document.documentElement, size, tries;
    root.style.fontSize = "";
    if (window.innerWidth <= 700) { return; }
    size = parseFloat(window.getComputedStyle(root).fontSize);
    for (tries = 0; tries < 20 && !fits(); tries += 1) {
      size *= 0.98;
      root.style.fontSize = size + "px";
    }
    turnOn(parts(), part);
  }

  function fits() {
    var frame = document.getElementById("frame"), found = parts(), place;
    if (frame.scrollHeight > frame.clientHeight + 1) { return false; }
    for (place = 0; place < found.length; place += 1) {
      turnOn(found, place);
      if (found[place].scrollHeight > found[place].clientHeight + 1) { return false; }
    }
    return true;
  }

  function turn() {
    var next;
    if (closed) { return; }
    if (part + 1 < parts().length) { show(now, part + 1); return; }
    next = order[(order.indexOf(now) + 1) % order.length];
    show(pictures[next] ? next : now, 0);
  }

  /* A few pixels to and fro, so that no edge burns in. */
  function shift() {
    var step = STEPS[Math.floor(new Date() / SHIFT_MS) % STEPS.length];
    var frame = document.getElementById("frame");
    var much = Math.max(1, Math.round(window.innerHeight / 1080));
    frame.style.transform = "translate(" + step[0] * much + "px," + step[1] * much + "px)";
  }

  /* The clock of this browser: it runs whatever the network does. */
  function watch() {
    if (!closed && clock() - heard > SILENT_MS && document.body.className.indexOf("lost") < 0) {
      lost("");
      beat();
    }
  }

  function awake() { if (!document.hidden) { beat(); } }

  function stop() {
    var place;
    begun = true;
    running = false;
    window.clearTimeout(waiting);
    for (place = 0; place < timers.length; place += 1) { window.clearInterval(timers[place]); }
    document.removeEventListener("visibilitychange", awake);
    window.removeEventListener("resize", fit);
  }

  /* Takes over from the script of an older program, where there is one. */
  function begin() {
    if (begun) { return; }
    if (window.nsmWall) { window.nsmWall.stop(); }
    window.nsmWall = { stop: stop };
    begun = running = true;
    pictures[now] = { tag: told("tag"), html: stage.innerHTML };
    order = [now];
    heard = clock();
    since = new Date().toTimeString().slice(0, 5);
    timers.push(window.setInterval(watch, 1000));
    timers.push(window.setInterval(shift, SHIFT_MS));
    timers.push(window.setInterval(turn, Math.max(5, +told("seconds") || 20) * 1000));
    document.addEventListener("visibilitychange", awake);
    window.addEventListener("resize", fit);
    shift();
    fit();
    beat();
  }

  /* The picture first: nothing begins before it is painted. A page that is hidden paints nothing. */
  window.setTimeout(begin, 1000);
  if (window.requestAnimationFrame) {
    window.requestAnimationFrame(function () { window.setTimeout(begin, 0); });
  }
}());
