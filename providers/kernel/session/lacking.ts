import { NoLogin } from "../../../pve";
import type { Call } from "../call/call";
import { showProblem, type Problem } from "../state/problems";
import type { Session } from "./session";

/** In a preview, what lies only in what the run was not given is no problem: the row says it. */
export function exceptLacking(session: Session, call: Call, problems: readonly Problem[]): Problem[] {
  if (!session.previewing()) return [...problems];
  const isLacking = ({ lacking, message }: Problem): boolean => lacking === true || session.isLacking(message);
  const said = new Set(problems.filter(isLacking).map(showProblem));
  for (const problem of said) call.report.warn(`not looked at in this preview: ${problem}`);
  return problems.filter((problem) => !isLacking(problem));
}

/** A look of a preview that nobody could log in for has no answer: the row says so. Everywhere else it is a failure. */
export async function unlessNoLogin<T, E>(
  session: Session,
  call: Call,
  look: () => T | Promise<T>,
  otherwise: E,
): Promise<T | E> {
  try {
    return await look();
  } catch (error) {
    if (!session.previewing() || !(error instanceof NoLogin)) throw error;
    call.report.warn(`not looked at in this preview: ${error.message}`);
    return otherwise;
  }
}
