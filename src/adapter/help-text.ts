import type { AddHelpTextContext } from 'commander';

/** How wide help is where no terminal says. */
const COLUMNS = 80;
/** Longer lines are hard to read, however wide the terminal is. */
const MOST_COLUMNS = 120;

/** Text for commander to show after a command's options, as wide as what it is shown on. */
export function helpText(text: string): (context: AddHelpTextContext) => string {
  return ({ error, command }) => {
    const output = command.configureOutput();
    const columns = (error ? output.getErrHelpWidth?.() : output.getOutHelpWidth?.()) ?? COLUMNS;
    return flowed(text, Math.min(columns, MOST_COLUMNS));
  };
}

/** Paragraphs are filled up to the width; lines that begin with a space, and empty ones, stay as they are. */
export function flowed(text: string, width: number): string {
  const lines: string[] = [];
  let filling = false;
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith(' ')) {
      lines.push(line);
      filling = false;
      continue;
    }
    for (const word of line.split(' ')) {
      const last = lines.at(-1) ?? '';
      if (filling && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
      filling = true;
    }
  }
  return lines.join('\n');
}
