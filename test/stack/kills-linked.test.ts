import { itSurvives } from "../support/killed-up";
import { sampled } from "../support/sample";

const tasks = "GET /cluster/tasks";
const clone = "POST /nodes/{node}/qemu/{vmid}/clone";
const config = "PUT /nodes/{node}/qemu/{vmid}/config";
const resize = "PUT /nodes/{node}/qemu/{vmid}/resize";
const start = "POST /nodes/{node}/qemu/{vmid}/status/start";

describe("kill -9 during an up of five linked clones leaves no orphan and no duplicate", function () {
  const moments: Parameters<typeof itSurvives>[1] = [
    [{ answered: tasks, nth: 1 }, "the CLI", ["absent"]],
    [{ answered: clone, nth: 1 }, "all three", ["absent"]],
    [{ phase: "stub", vms: 2 }, "the CLI", ["stub"]],
    [{ phase: "copying", vms: 1 }, "all three", ["copying"]],
    [{ phase: "cloned", vms: 3 }, "the CLI", ["cloned"]],
    [{ answered: config, nth: 2 }, "all three", ["cloned"]],
    [{ phase: "configured", vms: 2 }, "the CLI", ["configured"]],
    [{ answered: resize, nth: 3 }, "all three", ["configured"]],
    [{ answered: start, nth: 1 }, "the CLI", ["grown"]],
    [{ phase: "started", vms: 5 }, "all three", ["started"]],
  ];
  itSurvives(false, sampled(moments, 6));
});
