import type { RotationCommands } from "./rotation-commands";
import { markIn } from "./rotation-file";
import { seenIn } from "./seen-rotation";

const foreign = (path: string): string =>
  `${path} is there already, and this resource has not written it; set adopt: true to take it over, or write another name`;

/** Why a file of this name cannot become this resource's; `mark` undefined where a preview does not know it. */
export async function placeProblem(
  commands: RotationCommands,
  { node, path }: { readonly node: string; readonly path: string },
  { adopt, mark }: { readonly adopt: boolean; readonly mark: string | undefined },
): Promise<string | undefined> {
  const standing = await commands.standing(path);
  if (standing?.isFile === false)
    return `${path} of node ${node} is a link or a folder, which a LogRotation does not replace; write another name`;
  const text = await commands.read(path);
  const there = text === undefined ? undefined : markIn(text);
  if (text !== undefined && there !== undefined && (mark === undefined || there === mark)) return undefined;
  const packaged = await commands.packageOf(path);
  if (packaged !== undefined)
    return `${path} of node ${node} is package ${packaged}'s own, and what the package needs of it would be lost; write another name, and other logs`;
  if (text === undefined)
    return adopt ? `node ${node} has no ${path} to take over; leave adopt out to make it` : undefined;
  if (!adopt) return foreign(path);
  if (seenIn(text).hasScripts)
    return `${path} of node ${node} has scripts (postrotate …), which a LogRotation cannot have, and its programs may need them; write another name, and other logs`;
  return undefined;
}
