import { sha256 } from "../kernel/state/sha256";
import { isDone } from "./converge-guest";
import type { FoundFile, GuestFiles } from "./guest-files";
import { readRecord } from "./guest-record";
import { allFiles, modeOf, ownerOf, projectFile, type GuestConfigInputs, type GuestFile } from "./guest-config.model";

/** What is written of a guest as it is now; contents of others are told by their checksums, never as what they are. */
export async function liveGuest(
  guest: GuestFiles,
  mark: string,
  wanted: Partial<GuestConfigInputs>,
): Promise<Partial<GuestConfigInputs>> {
  const record = await readRecord(guest, mark);
  const installed = await guest.installed(wanted.packages ?? []);
  const all = allFiles(wanted);
  const there = await guest.at(all.map(({ path }) => path));
  const sums = await guest.sums([...there].filter(([, { kind }]) => kind === "file").map(([path]) => path));
  const contentOf = (path: string, content: unknown): string => {
    const found = there.get(path);
    if (!found) return "(not in the guest)";
    const sum = sums.get(path);
    if (sum === undefined) return "(no file any more)";
    const same = typeof content === "string" ? sum === sha256(content) : sum === record.files[path];
    return same ? (content as string) : `(changed in the guest: sha256 ${sum})`;
  };
  const scripts: GuestConfigInputs["scripts"] = [];
  const folder = `/run/pulumi-${mark}`;
  const checked = wanted.scripts?.some(({ check }) => check !== undefined) === true;
  if (checked) await guest.mustRun(["mkdir", "-p", "-m", "0700", folder], "making a folder in memory");
  for (const script of wanted.scripts ?? []) {
    const done =
      script.check === undefined
        ? record.scripts[script.name] === sha256(script.run)
        : await isDone(guest, folder, script);
    scripts.push(done ? script : { ...script, run: "(to be run)" });
  }
  if (checked) await guest.mustRun(["rm", "-rf", "--", folder], "removing the folder in memory");
  return {
    ...(wanted.packages ? { packages: wanted.packages.filter((name) => installed.has(name)) } : {}),
    ...(wanted.files
      ? {
          files: wanted.files.map((file) => ({
            ...file,
            content: contentOf(file.path, file.content),
            ...attributes(file, there.get(file.path)),
          })),
        }
      : {}),
    ...(wanted.scripts ? { scripts } : {}),
    ...(wanted.compose
      ? {
          compose: wanted.compose.map((project) => {
            const content = contentOf(projectFile(project.name), project.content);
            const started = record.projects[project.name] === sums.get(projectFile(project.name));
            return { ...project, content: started || content !== project.content ? content : "(not started)" };
          }),
        }
      : {}),
  };
}

/** Mode and owner where they are other ones than wanted. */
function attributes(file: GuestFile, found: FoundFile | undefined): Partial<GuestFile> {
  if (!found) return {};
  const { owner, group } = ownerOf(file);
  return {
    ...(found.mode === modeOf(file) ? {} : { mode: found.mode.toString(8).padStart(4, "0") }),
    ...(found.owner === owner && found.group === group ? {} : { owner: `${found.owner}:${found.group}` }),
  };
}
