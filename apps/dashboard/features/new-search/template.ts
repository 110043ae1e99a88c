import quickstart from '../../../../genomes/searches/quickstart.json?raw';

/** The shipped quickstart under another name: a search that runs as it stands, and shows every usual key. */
export const TEMPLATE = quickstart.replace('"quickstart"', '"my-search"');
