const BEGINNING = "The run had not ended when this was written: ";

/** The note of a report that is written while the run goes on: whoever finds it later must know. */
export function unfinishedNote(missing: number, subtasks: number): string {
  return `${BEGINNING}${missing} of ${subtasks} subtasks are missing.`;
}

export function isUnfinishedNote(note: string): boolean {
  return note.startsWith(BEGINNING);
}
