// The heading takes the focus, so that screen readers announce each new page.
import { useEffect, useRef } from "react";

export const PageTitle = ({ text }: { text: string }) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${text} · LIT Auth`;
    heading.current?.focus();
  }, [text]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {text}
    </h1>
  );
};
