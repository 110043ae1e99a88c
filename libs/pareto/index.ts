import { seven } from '@asterism/random'; export const eight = seven + 1;
