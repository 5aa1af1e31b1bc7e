/* canvas[data-chart][data-table="id"]: draws the table with that id, which stays on the page for everyone.
   data-chart="points": a row per wave; th, then td[data-v] for value, low, high; the row's data-n is how many answered.
   data-chart="bars": a row per bar; th, then one td[data-v] per part, named by the table's head (its first column aside).
   data-unit ("%"), data-colour (a token: juniper, dusk, plum …; for bars a list by comma), data-min, data-max. */
(function () {
  var drawn = new Map();
  function token(name) { return getComputedStyle(document.documentElement).getPropertyValue("--h-" + name).trim(); }
  function number(cell) { return cell && cell.dataset.v !== undefined && cell.dataset.v !== "" ? Number(cell.dataset.v) : null; }
  function faded(colour) { return colour + "29"; }

  var whiskers = {
    id: "whiskers",
    afterDatasetsDraw: function (chart) {
      var waves = chart.options.plugins.whiskers.waves, context = chart.ctx, y = chart.scales.y;
      context.save();
      chart.getDatasetMeta(0).data.forEach(function (point, place) {
        var wave = waves[place];
        if (wave.value === null) return;
        context.strokeStyle = chart.data.datasets[0].borderColor;
        context.lineWidth = 2;
        if (wave.low !== null && wave.high !== null) {
          context.beginPath();
          context.moveTo(point.x, y.getPixelForValue(wave.low));
          context.lineTo(point.x, y.getPixelForValue(wave.high));
          context.stroke();
        }
        context.fillStyle = token("ink");
        context.font = "600 12px " + token("sans");
        var last = place === waves.length - 1, beside = chart.getDatasetMeta(0).data[last ? place - 1 : place + 1];
        var under = beside && beside.y < point.y; /* the number stands on the side where the line does not pass */
        if (point.y + 22 > chart.chartArea.bottom) under = false;
        if (point.y - 22 < chart.chartArea.top) under = true;
        context.textAlign = last ? "right" : "left";
        context.fillText(wave.text, point.x + (last ? -10 : 10), point.y + (under ? 18 : -10));
      });
      context.restore();
    }
  };

  function base(unit, canvas) {
    var line = token("line"), text = token("muted"), font = { family: token("sans"), size: 12 };
    return {
      animation: false, responsive: true, maintainAspectRatio: false, events: [],
      plugins: { legend: { display: false }, tooltip: { enabled: false }, whiskers: { waves: [] } },
      scales: {
        x: { grid: { display: false }, border: { display: false }, ticks: { color: text, font: font } },
        y: {
          min: canvas.dataset.min && Number(canvas.dataset.min), max: canvas.dataset.max && Number(canvas.dataset.max),
          grid: { color: line }, border: { display: false },
          ticks: { color: text, font: font, maxTicksLimit: 5, callback: function (value) { return value + unit; } }
        }
      }
    };
  }
  function points(canvas, rows, unit) {
    var colour = token((canvas.dataset.colour || "juniper").trim()), options = base(unit, canvas);
    var waves = rows.map(function (row) {
      var cells = row.querySelectorAll("td[data-v]"), name = row.querySelector("th").textContent.trim();
      return {
        label: row.dataset.n ? [name, "n " + row.dataset.n] : name,
        value: number(cells[0]), low: number(cells[1]), high: number(cells[2]), text: cells[0] ? cells[0].textContent.trim() : ""
      };
    });
    options.plugins.whiskers.waves = waves;
    options.scales.x.offset = true;
    options.layout = { padding: { top: 10 } };
    function line(key, more) {
      return Object.assign({ data: waves.map(function (wave) { return wave[key]; }), borderWidth: 0, pointRadius: 0 }, more);
    }
    return {
      type: "line", plugins: [whiskers], options: options,
      data: {
        labels: waves.map(function (wave) { return wave.label; }),
        datasets: [
          line("value", { borderColor: colour, backgroundColor: colour, borderWidth: 2.5, pointRadius: 5 }),
          line("low", {}), line("high", { fill: "-1", backgroundColor: faded(colour) })
        ]
      }
    };
  }
  function bars(canvas, rows, unit, table) {
    var colours = (canvas.dataset.colour || "juniper,stone-soft").split(","), options = base(unit, canvas);
    var names = Array.from(table.querySelectorAll("thead th")).slice(1);
    options.scales.x.stacked = options.scales.y.stacked = true;
    options.scales.y.beginAtZero = true;
    options.plugins.legend = { display: names.length > 1, labels: { color: token("text"), boxWidth: 12, boxHeight: 12, font: { family: token("sans"), size: 12 } } };
    return {
      type: "bar", options: options,
      data: {
        labels: rows.map(function (row) { return row.querySelector("th").textContent.trim(); }),
        datasets: names.map(function (name, place) {
          return {
            label: name.textContent.trim(), maxBarThickness: 46,
            data: rows.map(function (row) { return number(row.querySelectorAll("td[data-v]")[place]); }),
            backgroundColor: token(colours[place % colours.length].trim()), borderColor: token("line-strong"),
            borderWidth: 1, borderRadius: 4
          };
        })
      }
    };
  }
  function draw() {
    document.querySelectorAll("canvas[data-chart]").forEach(function (canvas) {
      var table = document.getElementById(canvas.dataset.table), unit = canvas.dataset.unit || "";
      var rows = Array.from(table.querySelectorAll("tbody tr"));
      if (drawn.has(canvas)) drawn.get(canvas).destroy();
      drawn.set(canvas, new Chart(canvas, (canvas.dataset.chart === "bars" ? bars : points)(canvas, rows, unit, table)));
    });
  }
  document.addEventListener("theme", draw);
  document.fonts.ready.then(draw);
})();
