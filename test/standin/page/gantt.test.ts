import { describe, expect, it } from "vitest";

import { ganttPicture } from "../../../src/standin/page/markdown/gantt-picture.ts";
import { parseGantt } from "../../../src/standin/page/markdown/gantt.ts";

describe("a Mermaid gantt chart", () => {
  it("is read with sections, tags, ids and times in milliseconds", () => {
    const gantt = parseGantt(
      "gantt\n  title Subtasks\n  dateFormat x\n  axisFormat %S\n  section Wave 1\n  %% note\n  a.ts, b.ts :done, s1, 0, 1200\n  c.ts :crit, active, s2, 100, 2400\n  section Wave 2\n  d :s3, after s1 s2, 500ms",
    );

    expect(gantt).toEqual({
      title: "Subtasks",
      isCalendar: false,
      tasks: [
        { section: "Wave 1", name: "a.ts, b.ts", start: 0, end: 1200, status: "done" },
        { section: "Wave 1", name: "c.ts", start: 100, end: 2400, status: "crit" },
        { section: "Wave 2", name: "d", start: 2400, end: 2900, status: "plain" },
      ],
    });
  });

  it("is read with dates, clock times and lengths", () => {
    expect(parseGantt("gantt\ndateFormat YYYY-MM-DD\na :2026-01-02, 2d")?.tasks[0]).toMatchObject({
      start: Date.UTC(2026, 0, 2),
      end: Date.UTC(2026, 0, 4),
    });
    expect(parseGantt("gantt\ndateFormat HH:mm:ss\na :00:00:01, 00:01:00")?.tasks[0]).toMatchObject({
      start: 1000,
      end: 60_000,
    });
    expect(parseGantt("gantt\ndateFormat X\na :1, 3\nb :2s")?.tasks[1]).toMatchObject({ start: 3000, end: 5000 });
  });

  it.each(["flowchart LR\n a --> b", "gantt", "gantt\n what is this", "gantt\ndateFormat x\n a :one, two"])(
    "is left as code where it is not understood: %j",
    (source) => {
      expect(parseGantt(source)).toBeUndefined();
    },
  );

  it("is drawn with a bar for each task, inside the picture, with its name", () => {
    const gantt = parseGantt("gantt\ndateFormat x\nsection S\na <b> :0, 100\na name much longer than its bar :95, 100");

    const svg = gantt === undefined ? "" : ganttPicture(gantt).text;

    const bars = [...svg.matchAll(/class="gantt-bar[^"]*" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)];
    expect(bars).toHaveLength(2);
    for (const [, x, width] of bars) expect(Number(x) + Number(width)).toBeLessThanOrEqual(860);
    expect(svg).toContain("a &lt;b&gt;");
    expect(svg).toContain("gantt-name outside before");
  });
});
