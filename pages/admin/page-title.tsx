/** The page's heading and the tab's title. It takes the focus, so that a screen reader says where a link has led. */
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
