"""What an applicant hears in the talk: that something is there, never what."""

from messages.neutral import OpenLink, Payload, Text

_STAFF = Payload(label="職員に相談", payload="/request_human")


def result_message(url: str) -> Text:
    """Say that the results are out."""
    return Text(
        text="保育所などの申し込みの結果が出ました。\n"
        "内容と理由は、ご本人の確認のあと、専用ページでご覧いただけます。",
        choices=(OpenLink(label="結果のページを開く", url=url), _STAFF),
    )


def request_message(url: str) -> Text:
    """Say that the desk asks for something."""
    return Text(
        text="保育所などの申し込みについて、担当から確認のお願いがあります。\n"
        "内容は、ご本人の確認のあと、専用ページでご覧いただけます。",
        choices=(OpenLink(label="申し込みのページを開く", url=url), _STAFF),
    )
