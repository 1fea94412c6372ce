/** Why a file of ours is left alone, and what to do. */
export const writtenAnew = (path: string): string =>
  `${path}: somebody else has written it anew, and it stays as it is; move it away to have it written again, or take this resource out of the program`;
