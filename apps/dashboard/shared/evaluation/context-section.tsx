import { ContextChart } from './context-chart';
import { useSheet } from './use-sheet';

/** The effective context of something scored; nothing where its suite asks at one length only. */
export function ContextSection({ id, label }: { readonly id: string; readonly label: string }) {
  const sheet = useSheet([id]);
  const context = sheet.data?.items[0]?.context;
  if (!context || context.points.length < 2) return null;
  return <ContextChart lines={[{ label, context }]} />;
}
