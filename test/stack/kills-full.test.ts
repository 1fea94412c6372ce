import { itSurvives } from "../support/killed-up";
import { sampled } from "../support/sample";

const clone = "POST /nodes/{node}/qemu/{vmid}/clone";
const list = "GET /nodes/{node}/tasks";
const agent = "GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces";
/** Once for each VM when it is configured, then to mark it as recorded: the sixth is of the second kind. */
const config = "PUT /nodes/{node}/qemu/{vmid}/config";

describe("kill -9 during an up of five full clones leaves no orphan and no duplicate", function () {
  const moments: Parameters<typeof itSurvives>[1] = [
    [{ answered: clone, nth: 4 }, "all three", ["absent"]],
    [{ phase: "stub", vms: 1 }, "the CLI", ["stub", "absent"]],
    [{ answered: list, nth: 2 }, "all three", ["copying"]],
    [{ phase: "copying", vms: 2 }, "the CLI", ["copying"]],
    [{ phase: "cloned", vms: 5 }, "all three", ["cloned"]],
    [{ phase: "grown", vms: 1 }, "the CLI", ["grown"]],
    [{ phase: "started", vms: 1 }, "all three", ["started"]],
    [{ answered: agent, nth: 3 }, "the CLI", ["started"]],
    [{ phase: "booted", vms: 2 }, "all three", ["booted"]],
    [{ answered: config, nth: 6 }, "the CLI", ["recorded"]],
  ];
  itSurvives(true, sampled(moments, 5, 1));
});
