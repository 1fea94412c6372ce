import assert from "node:assert/strict";
import { folder, RotationLab } from "../../support/rotation-lab";

const kind = "LogRotation";
const theirs = "/var/log/pveam.log {\n  weekly\n  rotate 2\n}\n";

describe("a log rotation whose place somebody else takes meanwhile", () => {
  let own: RotationLab;
  let before: Record<string, string>;
  beforeEach(async () => {
    own = await RotationLab.here();
    before = own.files();
  });
  afterEach(() => own.close());

  it("takes no place in which a file has appeared at the last moment", async () => {
    const { sshRecords } = own.lab.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    let looks = 0;
    sshRecords.push = (...records) => {
      // That of the check, two before it is written, and the one directly before.
      if (records.some(({ what }) => what === `open ${folder}/app`) && ++looks === 4)
        own.write(`${folder}/app`, theirs);
      return push(...records);
    };
    await assert.rejects(
      own.create("app", { logs: ["/var/log/pve/*.log"] }),
      /\/etc\/logrotate\.d\/app on node pve1 was made by somebody else/,
    );
    assert.deepEqual(own.files(), { ...before, [`${folder}/app`]: theirs });
  });

  it("takes back nothing that somebody has written since", async () => {
    const { sshRecords } = own.lab.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    sshRecords.push = (...records) => {
      if (records.some(({ what }) => /logrotate -d .* \/etc\/logrotate\.conf$/.test(what)))
        own.write(`${folder}/app`, theirs);
      return push(...records);
    };
    const inputs = own.lab.inputs(kind, "app", { node: "pve1", name: "app", logs: ["/var/log/alternatives.log"] });
    await assert.rejects(own.lab.plugin.create(kind, inputs), /alternatives\.log is rotated by .* already/);
    assert.deepEqual(own.files(), { ...before, [`${folder}/app`]: theirs });
  });
});
