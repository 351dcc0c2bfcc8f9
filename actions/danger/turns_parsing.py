"""How residents go on after they told of danger: it is over, thanks, no telephone, another matter.

All patterns are matched against text folded by NFKC and lower case.
"""

import re
import unicodedata

from actions.danger.kinds import HARMS, Kind
from actions.danger.turns_abroad import Turn, is_abroad, says, without

_CANNOT_PHONE = re.compile(
    r"電話[はがもじでっての]*[^。]{0,8}(?:こわ|怖|恐|苦手|無理|むり|嫌"
    r"|いや|(?:でき|出来)(?:な|ま?せん|ん|ね)|しにく|したくな|しづら|だめ|ダメ|駄目|つら"
    r"|しゃべ|話せ|以外|じゃなく|ではなく|使えな|かけられな)"
    r"|(?:耳|みみ)が?(?:聞こえ|きこえ|遠)|ろう(?:者|です)|聴覚|声(?:が|を|も)?(?:出せ|だせ|出な"
    r"|でな)"
    r"|(?:fax|ファクス|ファックス|ふぁっくす)(?:か|で|は|や|の|\?|でも)|メールか|メール(?:で"
    r"|でも)(?:いい|できる|お願い|申)"
    r"|(?:can.?t|cannot|afraid|scared|hate)[^.]{0,10}(?:call|phone)|without (?:calling"
    r"|phone)"
    r"|(?:不想|不敢|怕|害怕|不能|没法)打?电话"
    r"|không (?:dám|muốn|thể) gọi|sợ gọi"
    r"|n[aã]o (?:quero|consigo|posso) (?:ligar|telefonar)"
)
_IN_WRITING = re.compile(
    r"(?:文字|もじ|チャット|ちゃっと|ライン|line|sns|メール|めーる|fax)"
    r"[^。]{0,8}(?:相談|話|聞|できる|ない|ある|がいい|では|とか|\?)"
    r"|\b(?:chat|text|message|write|e-?mail)\b[^.]{0,20}(?:instead|someone|with|to|\?)"
    r"|(?:文字|聊天|微信|邮件)(?:咨询|聊)|nhắn tin|por (?:mensagem|escrito|chat|e-?mail)"
)
_PLACE = re.compile(
    r"aed|避難|にげる|逃げる(?:所|場所)|病院|びょういん"
    r"|shelter|evacuat|hospital|避难|医院|sơ tán|bệnh viện|abrigo"
)
_ASKS = re.compile(
    r"[?？]|かな|凍結|口座|相続|名義|いいの|もらえる|聞きました|聞いた|教え|おしえ|ですか|ますか"
    r"|ませんか|でしょうか|手続|届|てつづ"
    r"|どう(?:す|し|や)|どこ|いつ|いくら|何を|なにを|なにから|何から|何時|なんじ|だっけ"
    r"|でしたっけ|のがし|べか|だべ"
    r"|必要|してほしい|して欲しい|返してほしい"
    r"|知りたい|\b(?:how|where|when|what|need|procedure|does|can i|is it|do i)\b"
    r"|怎么|哪|什么|几点|多少|吗|手续|thủ tục|ở đâu|làm sao|thế nào|mấy giờ|bao nhiêu|như nào"
    r"|\b(?:como|onde|quando|quanto|preciso|qual)\b"
)
_THING = re.compile(
    r"何ごみ|なにごみ|ごみ|ゴミ|捨て|すて|図書館|何時|開い|証明|住民票|収集|予約|申請|garbage"
    r"|trash|library|垃圾|rác|lixo|(?:穴|あな)\s?が"
    r"|(?:手紙|てがみ)\s?(?:が|を|は)?\s?(?:こない|来ない|きました|来ました|届|とど|読め|よめ)"
)
_TURN = re.compile(
    r"さっきの|先ほどの|さきほどの|前の(?:話|質問|件)|話(?:は|が)?(?:変|か)わ|ところで|別件"
    r"|関係な|それはそうと|ちなみに|そういえば"
    r"|back to|by the way|btw|anyway|对了|另外|nhân tiện|à mà|a prop[oó]sito|mudando de assunto"
)
_SETS_ASIDE = re.compile(
    r"(?:それ|これ|その話)は(?:いい|さて|そう|とも)(?:と(?:して)?|おき|かく)|まあ?、?いいや|それより(?:も)?"
    r"[^。]{0,40}(?:[?？]|ください|下さい|教え|たい)"
)
_PUZZLED = re.compile(
    r"^(?:[はえんへ]+|え[ーえぇ]*|は[ぁあ]*|ん[ー]*|なに(?:それ)?|何(?:それ|これ|で)?|なんで"
    r"|どういうこと|意味(?:が)?(?:わから|分から)(?:ない|ん)"
    r"|(?:いや)?(?:違う|ちがう|ちげえ|違います|ちがいます|そうじゃな(?:い|くて)|そういう(?:こと"
    r"|意味)じゃな(?:い|くて)|そんなこと(?:言|聞|き)(?:って|いて)(?:い)?ない)(?:よ|です|けど"
    r"|って)?"
    r"|what|huh|wrong|that'?s not what i (?:meant|asked)|什么|不是|gì (?:vậy|cơ)|hả|o qu[eê]"
    r"|h[aã])[\s?？!！。.…w笑]*$"
)
_THANKS = re.compile(
    r"ありがと|有難う|有り難う|感謝|助かりま|おせわになり|お世話になり|\bthx\b|\bthanks?\b"
    r"|thank you|谢谢|多谢|cảm ơn|cám ơn|obrigad"
)
_NO_DEATH = re.compile(
    r"(?:死に|しに|消え|きえ)(?:たい|てえ|てぇ|たく)(?:わけ|の|ん|って(?:わけ|こと))?(?:じゃ|では"
    r"|で)?(?:は)?(?:ない|ね[えぇー]?|ありません)(?!の?か)"
    r"|(?:don'?t|do not) want to die|不(?:是)?想死|không muốn chết|n[aã]o quero morrer"
)

_HELPER = (
    r"(?:警察|おまわり(?:さん)?|パトカー|ぱとかー|救急(?:車|隊)?|きゅうきゅうしゃ"
    r"|消防(?:車|隊|署)?|助け|ガス会社|ガス屋)(?:の人|の方|さん)?"
)
_OWN = (
    r"(?:お?(?:母|父|かあ|とう|ばあ|じい|姉|兄|ねえ|にい)(?:さん|ちゃん)?|親|ママ|まま|パパ|ぱぱ"
    r"|娘|息子|家族|夫|旦那|妻|嫁|主人|友達|ともだち|先生"
    r"|隣の(?:人|方)|近所の(?:人|方)|本人|子(?:ども|供)?|こども|孫|犬|猫|みんな)(?:さん|ちゃん)?"
)
_CAME = (
    r"(?:が|も|は|、|\s)*(?:もう|いま|今|やっと|さっき|すぐ|無事(?:に)?)*\s*(?:来て|きて"
    r"|駆けつけて|迎えに来て)?"
    r"(?:来(?:た|まし|てくれ|て[、。\s])|き(?:た|まし|てくれ)(?!く)|くれ(?:た|まし)|着い(?:た|て)"
    r"|着き(?:ました)|到着|呼(?:んだ|びました|んである)"
    r"|帰って(?:きた|来た|きまし|来まし)|帰りまし|いる(?:よ|から|$|[。!、])|います|戻(?:った"
    r"|って(?:きた|来た)|りまし)|見つか(?:った|って|りまし)|みつか(?:った|りまし))(?!ら|ない|ん)"
)
_CALM = (
    r"(?:誰|だれ)も(?:い(?:なかった|ませんでした|ねかった)|おら(?:んかった|なかった)|いねぇ?がった)"
    r"|(?:^|[。!！、\s]|もう|無事)(?:見つか|みつか)(?:った|りました)|(?:家|うち|いえ|おうち)(?:に"
    r"|へ|さ)?(?:ぶじ|無事(?:に)?)?(?:着い|つい|帰っ?|かえっ?)(?:た|て(?:る|ます|い)|れた"
    r"|りました|きました)"
    r"|もう(?:どっか|どこか)(?:に|へ)?(?:行っ|いっ)|(?:助け出|救い出|救出)(?:せ|し|さ)(?:た|れ"
    r"|まし)|(?:け|怪)が(?:は)?(?:なし|ない(?:です|よ)|なかった|ありません|ありませんでした)"
    r"|うそうそ|嘘嘘|ほっと(?:し(?:た|ました|てい?ます)|ひと(?:息|安心))|(?:ひと)?安心(?:しました|した)"
    r"|様子(?:を)?(?:見|み)(?:で|て|るだけで)(?:いい|よい|大丈夫|平気)|(?:だけ|だげ)(?:だった|でした|でし?た|だ[。!\s]|です[。!\s])"
    r"|(?:お金|金)(?:は|も)?(?:払って|振り込んで|渡して)(?:い)?(?:ない|ません|ねえ)|電話(?:は"
    r"|を)?(?:すぐ(?:に)?)?切りました|^切りました|断りました"
    r"|救急車(?:に|で)(?:乗|のっ|運ば)|(?:病院|医者|医院|クリニック)(?:に|へ|さ)?(?:着い|着き"
    r"|行(?:きます|きました|ってきます|くことに|った|ってくる)|向か|運ば|います|いる)|入院(?:し"
    r"|にな)"
    r"|(?:大丈夫|だいじょうぶ|だいじょぶ|平気|無事|安全)(?:でした|だった|です(?!か|が)|だ(?!と|け"
    r"|ろ|べ)|だよ|に(?:な|着)|みたい|そう(?!に)|っぽい|になりました|な場所に(?:い|着)|[。!！\s]|$)"
    r"|(?:おさま|収ま|治ま)(?:った|りました|って(?:きた|ます))|落ち(?:着|つ)(?:いた|きました"
    r"|いて(?:きた|ます))|(?:火|煙|炎)(?:は|が|も)?(?:もう)?(?:消え(?:た|だ|ました)|消し(?:た|ました"
    r"|止め))"
    r"|^(?:もう)?消え(?:た|だ|ました)(?:[^い]|$)|消し止め|逃げ(?:られた|きれた|切れた|てきました)"
    r"|避難(?:でき(?:た|ました)|しました)|助かった|解決(?:し|です)"
    r"|(?:熊|くま|クマ|猿|いのしし|犬|男|人|やつ)(?:は|が)?(?:もう)?(?:いなくな(?:った|りました)"
    r"|去っ|どこかへ行)|(?:家|建物|車)(?:さ|に|の中に|の中さ)(?:入った|入りました|へえった|戻った"
    r"|戻りました|逃げた)|(?:帰|戻)れ(?:た|ました)"
    r"|冗談|(?:うそ|嘘)(?:です|だよ|でした|ぴょん)|間違い(?:でした|だった)|間違えました|勘違い"
    r"|気のせい|何でもな(?:い|かった)|なんでもな(?:い|かった)"
    r"|熱(?:が|も|は)?(?:もう)?下が(?:った|りました)|目(?:が|を)(?:覚め|さめ|覚まし|さまし)(?:た"
    r"|ました)|意識(?:が|は)?(?:もう)?戻(?:った|りました)|飲んでな(?:い|かった)"
    r"|いま(?:は)?大丈夫|さすけね|楽にな(?:った|りました)"
    r"|in the ambulance|got home|paramedics (?:are|came)|(?:at|in) the hospital|(?:safe|ok|okay"
    r"|fine|alright|better) now|ambulance (?:is here|came|has come|arrived|took)"
    r"|(?:police|mom|mum|mother|dad|father|he|she|they) (?:came|arrived|are here|is here"
    r"|came back|came home|is back)|found (?:him|her|them|it)"
    r"|(?:nobody|no one) was there|false alarm|it(?:'s| has| is)? (?:stopped|over)|fire is out"
    r"|just kidding|was joking|all good"
    r"|(?:救护车|警察|消防|妈妈|爸爸)(?:已经)?(?:来|到)了|没事了|已经(?:安全|好了|没事|上救护车)"
    r"|找到了|火(?:已经)?灭了|回来了|没有人在|虚惊|开玩笑"
    r"|cấp cứu (?:đã )?(?:đến|tới)|(?:đã )?ổn rồi|không sao (?:rồi|nữa)|tìm (?:thấy|được) rồi"
    r"|an toàn rồi|công an (?:đã )?(?:đến|tới)|đùa thôi|về (?:nhà )?rồi|hết (?:cháy|khói) rồi"
    r"|ambul[aâ]ncia (?:j[aá] )?(?:chegou|veio|est[aá] aqui)|(?:j[aá] )?(?:est[aá]|t[aá]|estou"
    r"|t[oô]) (?:tudo )?bem(?: agora)?|pol[ií]cia (?:j[aá] )?(?:chegou|veio)"
    r"|cheguei em casa|(?:achei|achamos|encontr(?:ei|amos))|(?:fogo )?apagou|brincadeira"
    r"|j[aá] passou|a salvo|no hospital"
)
_BACK = re.compile(
    r"(?:^|[。、\s]|さっき|いま|今|無事に?|やっと)(?:帰って|戻って)(?:きた|来た|きまし"
    r"|来まし)(?:た)?"
)
_BEAST_GONE = re.compile(
    r"い(?:な|ね)[くぐ]な(?:った|り)|見えなくな(?:った|り)|(?:山|藪|やぶ|林|どっか|どこか)(?:の方|のほう)?(?:に|へ|さ)"
    r"[^。]{0,3}(?:帰|戻|行|い|逃げ)(?:った|りまし|っち)"
)
_ARRIVED = re.compile(f"{_HELPER}{_CAME}")
_AT_HOME = re.compile(f"{_OWN}{_CAME}")
_OVER = re.compile(_CALM)

_STAFF = re.compile(
    r"職員|(?<![一-龠の])人と(?:直接)?(?:話|はな)し?(?:たい|させ|せ)|市役所の(?:人|方)|担当(?:者|の人|の方|課|の(?:電話)?番号)|人間|係の?人|おぺれーた|オペレータ|staff|human"
    r"|operator|speak|talk to"
    r"|工作人员|人工|nhân viên|người thật|atendente|funcion[aá]ri"
)
_ABOUT_THE_CALL = re.compile(r"119|110")
_HELP_CALL = re.compile(
    r"119|110|火事|救急|緊急|警察|消防|いざというとき|emergenc|急救|cấp cứu|bombeiro"
)


_UNWILLING = re.compile(
    r"(?:警察|110|おまわり(?:さん)?|通報|救急車|大事|おおごと|大ごと|大げさ|おおげさ)(?:に|は|を|とか|なんて|へ|沙汰)*"
    r"(?:まで)?[^。]{0,6}(?:(?:呼び|よび|言い|いい|し|知らせ|かけ|話し)たく(?:は)?(?:な|あり)|呼べ(?:な|ま)|嫌|いや(?:だ|です|$)"
    r"|困る|怖い|こわい|やめて|ほどじゃ|ほどでは|までは)"
    r"|(?:don'?t|do not) want (?:the |to call )?(?:the )?police|no police"
    r"|不想(?:报警|叫警察)|不要报警|không muốn (?:gọi |báo )(?:công an|cảnh sát)"
    r"|n[aã]o quero (?:chamar )?(?:a )?pol[ií]cia"
)


def is_unwilling(said: str) -> bool:
    """Tell whether somebody would not have the police come: 「警察は呼びたくない」."""
    return _UNWILLING.search(said) is not None or _abroad("unwilling", said)


_SECRET = re.compile(
    r"(?:住所|居場所|引っ?越し?先|転居先|新居)[^。]{0,14}(?:知られ(?:ず|た?く?な)|しられ(?:ず|た?く?な)|ばれ(?:ず|た?く?な)|わから(?:ない|ん)よう|隠し|かくし|内緒|ないしょ)"
    r"|(?:知られ|しられ|ばれ|見つから)(?:ず|ないよう)に?[^。]{0,10}(?:引っ?越|ひっこ|転居|住民票|逃げ)"
    r"|(?:夫|旦那|元夫|元旦那|妻|親|父|母|彼氏|元彼)[^。]{0,4}(?:から)?逃げ[^。]{0,20}(?:住所|引っ?越|住民票)"
    r"|hide my (?:new )?address|without (?:him|her|my husband) knowing"
)


def keeps_address_secret(said: str) -> bool:
    """Tell whether somebody would move or register without being found by another."""
    return _SECRET.search(said) is not None or _abroad("secret", said)


_OF_A_LINE = re.compile(
    r"(?:何時|なんじ|いつ(?:まで|から)|土日|夜|今|いま|休み|有料|無料|お?金|料金|電話代|いくら|匿名|つなが|名前|誰|だれ|どんな"
    r"|何(?:を|が|の)|番号|どこ).{0,14}(?:[?？]|まで|から|かか|です|ます|の$|か$|かな|だっけ|る$)"
    r"|(?:hours|open|until|free|cost|what is)|几点|免费|mấy giờ|miễn phí|hor[aá]rio|gr[aá]tis"
)


def asks_of_a_line(said: str) -> bool:
    """Tell whether words ask when a number answers, or what it costs: 「#8000って何時まで？」."""
    return _OF_A_LINE.search(said) is not None


def folded(text: str) -> str:
    """Return a text as the patterns of this module read it."""
    return unicodedata.normalize("NFKC", text).casefold()


def asks_for_staff(said: str) -> bool:
    """Tell whether words themselves ask for a person of the city's."""
    return _STAFF.search(said) is not None


def is_about_the_call(said: str) -> bool:
    """Tell whether words are about the call for help: 「119は英語で話せる？」."""
    return _ABOUT_THE_CALL.search(said) is not None


_CARE = re.compile(
    r"(?:熱|ねつ|病気|びょうき|具合|風邪|かぜ|体調)[^。]{0,14}(?:とき|時|場合|際|たら|ても"
    r"|日)[^。]{0,16}(?:預|あず|あづ|保育|みてくれ|見てくれ|子守)"
    r"|病児|病後児|(?:預|あず|あづ)(?:か|け)[^。]{0,20}(?:熱|病気|風邪)"
)


def plans_for_illness(said: str) -> bool:
    """Tell whether somebody asks who minds a child that is ill, some day or today."""
    return _CARE.search(said) is not None


_EAR = re.compile(
    r"(?:話|はなし|気持ち|きもち)(?:を|、|\s)?(?:聞|き)いて(?:くれ|もらえ|もらい|ほしい|欲しい)"
    r"|話し?相手|はなしあいて|(?:誰か|だれか)(?:と|に)(?:話|はな)(?:し(?:たい|て|を)|せ)"
    r"|グリーフ|ぐりーふ|(?:someone|somebody) to talk to|talk to (?:someone|somebody)|想(?:找人"
    r"|和人)(?:聊|说话)|ai đó để nói chuyện|algu[eé]m para conversar"
)
_ACT = re.compile(
    r"たい(?:です|の|ん|$|[。!])|ほしい|欲しい|お願い|取り?消|とりけ|キャンセル|きゃんせる"
    r"|止め(?:て|たい|る)|やめ(?:て|たい)|返す|変更|変わりますか"
)
_TOLD = re.compile(r"(?:まし|でし|っ|い|し)?た(?:よ|けど|が|そう|んです|って|そうです)?[。!！\s]*$")
_QUESTION = re.compile(r"[?？]|教え|どう|どこ|いつ|いくら|聞きました|聞いた|ききました")
_HARDSHIP = re.compile(
    r"(?:家賃|やちん|生活費?|電気代|ガス代|水道代|お金)(?:が|も|は)?(?:来月|今月|もう|まじで|ほんとに|本当に)*(?:も|が)?"
    r"(?:やば|きつ|苦し|厳し|足り(?:な|ま)|危な)|(?:電気|ガス|水道)[^。]{0,4}止まる?(?:かも|って|と|そう)"
    r"|(?:食べ|たべ|食う)る?(?:もの|物|ん)(?:が|も|すら)?(?:もう|何も|なにも)?(?:ない|な(?:く|い)"
    r"|ありま?せん|ねえ|無い)"
    r"|(?:家賃|やちん|部屋代)(?:が|も|を)?[^。]{0,6}(?:払え|はらえ|払う?お金が?な)|(?:住む|すむ"
    r"|寝る|泊まる)(?:ところ|所|場所|家)(?:が|も)?(?:ない|なく|ありません|無い)"
    r"|(?:生活費|お金|金|おかね)(?:が|も)?(?:もう|全然|ぜんぜん|まったく)*(?:底をつ|なくて(?:困"
    r"|暮ら|生活|食べ)|ないです|ありません(?:$|[。!、\s]))"
    r"|借金(?:が|で|も)[^。]{0,10}(?:ある|あり|返せ|払え|苦し|困)|(?:電気|ガス|水道)(?:が|も"
    r"|を)?(?:止められ|とめられ|止まっ)|(?:追い出され|ホームレス)"
    r"|(?:no|nothing to|don'?t have|without|have no) (?:money|food|eat|place to (?:live|stay))"
    r"|can'?t (?:pay|afford) (?:the |my )?rent"
    r"|没(?:有)?(?:钱|吃的|饭吃|地方住)|付不起房租|không (?:còn|có) (?:tiền|gì (?:để )?ăn|chỗ ở)"
    r"|hết tiền"
    r"|sem (?:dinheiro|comida)|n[aã]o (?:tenho|temos) (?:dinheiro|comida|o que comer|onde morar)"
    r"|n[aã]o consigo pagar o aluguel"
)
_LEISURE = re.compile(
    r"遊|無料|ただで|タダ|行ける|イベント|free|安い|割引|カード|振込|両替|\d+円|入場"
)


_ESTATE = re.compile(r"凍結|口座|相続|名義|遺産|銀行|預金")
_GONE = re.compile(
    r"(?:今|いま|さっき(?:から)?|朝から|どこにも|家に|へやに|部屋に)[^。]{0,6}(?:い(?:ない|ねえ|なく)|居な|見当たら|見つから|おらん)"
)
_CONFUSED = re.compile(
    r"認知症|徘徊|ボケ|ぼけ|夜中に(?:出|外)|出て(?:行|い)(?:く|っ)|一人歩き|ひとり歩き"
)
_SPACED = re.compile(r"(?<=[ぁ-ヿ一-鿿])\s+(?=[ぁ-ヿ一-鿿])")


def names_an_estate(said: str) -> bool:
    """Tell whether words name what somebody left behind: an account, a house in their name."""
    return _ESTATE.search(said) is not None


def is_gone(said: str) -> bool:
    """Tell whether somebody is said not to be there now."""
    return _GONE.search(said) is not None


def is_confused(said: str) -> bool:
    """Tell whether words are about somebody who loses their way."""
    return _CONFUSED.search(said) is not None


def is_in_need(said: str) -> bool:
    """Tell whether somebody has no food, no rent, no home, or debts they cannot pay."""
    said = _SPACED.sub("", said)
    return _HARDSHIP.search(said) is not None and _LEISURE.search(said) is None


def wants_an_ear(said: str) -> bool:
    """Tell whether somebody looks for a person who listens."""
    return _EAR.search(said) is not None or _abroad("ears", said)


def wants_an_act(said: str) -> bool:
    """Tell whether words ask for something to be done or undone."""
    return _ACT.search(said) is not None and not wants_an_ear(said)


def is_told(said: str) -> bool:
    """Tell whether words are a statement of what has happened."""
    return _TOLD.search(said) is not None and _QUESTION.search(said) is None


def calls_for_help(said: str) -> bool:
    """Tell whether words are about calling for help in an emergency, now or some day."""
    return _HELP_CALL.search(said) is not None


def wants_writing(said: str) -> bool:
    """Tell whether somebody would rather write than telephone, or must."""
    return cannot_phone(said) or _IN_WRITING.search(said) is not None


def cannot_phone(said: str) -> bool:
    """Tell whether somebody says that they cannot, or will not, telephone."""
    return _CANNOT_PHONE.search(said) is not None


def asks(said: str) -> bool:
    """Tell whether words ask for something."""
    return _ASKS.search(said) is not None or _abroad("asks", said)


def asks_a_thing(said: str) -> bool:
    """Tell whether words name an everyday thing of the city's: a library, rubbish, a paper."""
    return _THING.search(said) is not None


def names_a_thing(said: str) -> bool:
    """Tell whether words name an everyday thing or, in another language, a matter of the city's."""
    return asks_a_thing(said) or _abroad("matters", said)


def asks_a_matter(said: str) -> bool:
    """Tell whether words in another language ask for something that the city is asked about."""
    return _abroad("matters", said) and asks(said)


def is_acute(said: str) -> bool:
    """Tell whether whoever harms is breaking in or coming: 「ドアを叩いてる」."""
    return says("acute", said)


def asks_for_place(said: str) -> bool:
    """Tell whether words ask for a shelter, a hospital, an AED."""
    return _PLACE.search(said) is not None


def is_turn(said: str) -> bool:
    """Tell whether words turn to another matter: 「ところで」, 「さっきの…」."""
    return _TURN.search(said) is not None or _abroad("turns", said)


def sets_aside(said: str) -> bool:
    """Tell whether what was told is put aside for a wish: 「まあいいや、番号だけ」."""
    return _SETS_ASIDE.search(said) is not None


def is_puzzled(said: str) -> bool:
    """Tell whether somebody says no more than that the answer missed: 「え？」, 「違います」."""
    return _PUZZLED.match(said.strip()) is not None


def is_thanks(said: str, intent: str) -> bool:
    """Tell whether somebody thanks, or takes leave."""
    return intent in ("thank", "goodbye") or _THANKS.search(said) is not None


def wishes_no_death(said: str) -> bool:
    """Tell whether somebody says that they do not mean to die: 「死にたいわけじゃない」."""
    return _NO_DEATH.search(said) is not None


def without_all_clear(said: str, kind: Kind) -> str:
    """Return the words without those that say that it is over; unchanged where none do.

    That a father or a husband came home is no relief to whom he beats.
    """
    patterns = (_ARRIVED, _OVER) if kind in HARMS else (_ARRIVED, _AT_HOME, _BACK, _OVER)
    if kind is Kind.wild_animal:
        patterns = (*patterns, _BEAST_GONE)
    for pattern in patterns:
        said = pattern.sub(" ", said)
    return without("over", said) if is_abroad(said) else said


def _abroad(what: Turn, said: str) -> bool:
    return is_abroad(said) and says(what, said)
