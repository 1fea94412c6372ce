import type { Call } from "../../kernel/call/call";
import { isOwnerKnown } from "../../kernel/identity/mark";
import type { Problem } from "../../kernel/state/problems";
import type { LogRotationInputs } from "../log-rotation.model";
import { fewerKept } from "./fewer-kept";
import { plainNames } from "./log-pattern.model";
import { placeProblem } from "./foreign-file";
import { rivalsOf, sharedWith } from "./rivals";
import { pathOf, type RotationCommands } from "./rotation-commands";
import { markIn } from "./rotation-file";
import { seenIn, strangeIn } from "./seen-rotation";

type Inputs = Partial<LogRotationInputs>;

/** What the node itself tells of a rotation that is to be written. */
export async function liveProblems(
  ...[commands, call, inputs, isNew]: [RotationCommands, Call, Inputs, boolean]
): Promise<Problem[]> {
  const { node = "", name = "", logs = [] } = inputs;
  const path = pathOf(name);
  const problems: Problem[] = [];
  if (isNew) {
    const message = await placeProblem(
      commands,
      { node, path },
      { adopt: inputs.adopt === true, mark: isOwnerKnown(call) ? call.mark : undefined },
    );
    if (message !== undefined) problems.push({ path: "name", message });
  }
  const configs = await commands.configs();
  logs.forEach((log, index) => {
    for (const { file, names, isOurs } of rivalsOf(configs, path, log))
      if (isOurs) call.report.warn(sharedWith(node, log, file));
      else
        problems.push({
          path: `logs[${index}]`,
          message: `${file} of node ${node} names ${names === log ? "it" : names} as well, and logrotate lets one file alone have a log; take it out here, or there by hand`,
        });
  });
  const taken = inputs.adopt === true && isNew ? configs.get(path) : undefined;
  const owner = taken === undefined ? undefined : markIn(taken);
  const isOthers = owner !== undefined && isOwnerKnown(call) && owner !== call.mark;
  if (problems.length === 0 && taken !== undefined && (owner === undefined || isOthers)) {
    const seen = seenIn(taken);
    const lost = [...seen.logs.filter((log) => !logs.includes(log)), ...strangeIn(seen, inputs)];
    const fewer = fewerKept(seen.settings, inputs);
    const said = [
      ...(isOthers ? ["is taken from another LogRotation, whose stack keeps it in its state"] : []),
      ...(lost.length > 0 ? [`no longer says: ${lost.join(", ")}`] : []),
      ...(fewer === undefined ? [] : [fewer]),
    ];
    if (said.length > 0) call.report.result(`${path} of node ${node} ${said.join("; ")}`);
  }
  const missing = inputs.missingOk === true ? [] : await commands.missing(plainNames(logs));
  if (missing.length > 0)
    call.report.warn(
      `node ${node} has no ${missing.join(", ")}: as long as it has none, each run of logrotate ends with an error; set missingOk: true if that is as it should be`,
    );
  return problems;
}
