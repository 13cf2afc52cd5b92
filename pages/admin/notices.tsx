// A notice is shown on the page that it is about, and goes when people leave it. Those of ra-core
// are about the end of a session, so they belong to the sign-in page.
import { useNotificationContext, useTranslate, type NotificationPayload } from "ra-core";
import { useEffect } from "react";
import { useLocation } from "react-router";

const pageOf = ({ notificationOptions }: NotificationPayload): string =>
  notificationOptions?.["about"] ?? "/login";

export const Notices = () => {
  const { notifications, resetNotifications, setNotifications } = useNotificationContext();
  const { pathname } = useLocation();
  const translate = useTranslate();
  useEffect(
    () => () =>
      setNotifications((all: NotificationPayload[]) => all.filter((notice) => pageOf(notice) !== pathname)),
    [pathname, setNotifications],
  );
  const last = notifications.findLast((notice: NotificationPayload) => pageOf(notice) === pathname);
  const text = typeof last?.message === "string" ? translate(last.message, { _: last.message }) : "";
  return (
    <div role={last?.type === "error" ? "alert" : "status"} className="notices">
      {last && (
        <p className={`notice ${last.type}`}>
          <span>{text}</span>
          <button type="button" className="quiet" onClick={resetNotifications}>
            Dismiss
          </button>
        </p>
      )}
    </div>
  );
};
