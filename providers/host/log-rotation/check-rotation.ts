import type { Call } from "../../kernel/call/call";
import { isOwnerKnown } from "../../kernel/identity/mark";
import type { Problem } from "../../kernel/state/problems";
import type { LogRotationInputs } from "../log-rotation.model";
import { plainNames } from "./log-pattern.model";
import { foreign, sharedWith } from "./put-rotation";
import { rivalsOf } from "./rivals";
import { pathOf, type RotationCommands } from "./rotation-commands";
import { markIn } from "./rotation-file";
import { seenIn, strangeIn } from "./seen-rotation";

type Inputs = Partial<LogRotationInputs>;

/** Why a file of this name cannot become this resource's; `mark` undefined where a preview does not know it. */
export async function placeProblem(
  ...[commands, { node = "", name = "", adopt }, mark]: [RotationCommands, Inputs, string | undefined]
): Promise<string | undefined> {
  const path = pathOf(name);
  const text = await commands.read(path);
  const there = text === undefined ? undefined : markIn(text);
  if (text !== undefined && there !== undefined && (mark === undefined || there === mark)) return undefined;
  const packaged = await commands.packageOf(path);
  if (packaged !== undefined)
    return `${path} of node ${node} is package ${packaged}'s own, and what the package needs of it would be lost; write another name, and other logs`;
  if (text === undefined)
    return adopt === true ? `node ${node} has no ${path} to take over; leave adopt out to make it` : undefined;
  if (adopt !== true) return foreign(path);
  if (seenIn(text).hasScripts)
    return `${path} of node ${node} has scripts (postrotate …), which a LogRotation cannot have, and its programs may need them; write another name, and other logs`;
  return undefined;
}

/** What the node itself tells of a rotation that is to be written. */
export async function liveProblems(
  ...[commands, call, inputs, isNew]: [RotationCommands, Call, Inputs, boolean]
): Promise<Problem[]> {
  const { node = "", name = "", logs = [] } = inputs;
  const path = pathOf(name);
  const problems: Problem[] = [];
  if (isNew) {
    const message = await placeProblem(commands, inputs, isOwnerKnown(call) ? call.mark : undefined);
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
  if (problems.length === 0 && taken !== undefined && markIn(taken) === undefined) {
    const seen = seenIn(taken);
    const lost = [...seen.logs.filter((log) => !logs.includes(log)), ...strangeIn(seen, inputs)];
    if (lost.length > 0) call.report.result(`${path} of node ${node} no longer says: ${lost.join(", ")}`);
  }
  const missing = inputs.missingOk === true ? [] : await commands.missing(plainNames(logs));
  if (missing.length > 0)
    call.report.warn(
      `node ${node} has no ${missing.join(", ")}: as long as it has none, each run of logrotate ends with an error; set missingOk: true if that is as it should be`,
    );
  return problems;
}
