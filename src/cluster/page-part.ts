/** A part of the page that is loaded when it is needed did not arrive. What is stored is left as it is. */
export class PageIncomplete extends Error {
  override readonly name = 'PageIncomplete';
}

/** Settles as the import does; a failure becomes a sentence for the person at the screen. */
export async function pagePart<Part>(loading: Promise<Part>): Promise<Part> {
  try {
    return await loading;
  } catch (error) {
    const sentence = 'A part of this page could not be loaded: reload the page. Your cluster is kept as it was.';
    throw new PageIncomplete(sentence, { cause: error });
  }
}
