import { useLayoutEffect, useRef, useState } from 'react';

/** The width of an element in CSS pixels, followed as it changes. */
export function useWidth<E extends HTMLElement>(first = 800) {
  const ref = useRef<E>(null);
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.max(1, entry.contentRect.width)));
    observer.observe(element);
    setWidth(Math.max(1, element.clientWidth));
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}
