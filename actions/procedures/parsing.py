"""Which life event a citizen tells of, in their own words."""

import re
from enum import StrEnum

from actions.procedures.facts import Direction
from actions.procedures.moving_parsing import move_told
from actions.procedures.places_parsing import NOWHERE, Here
from actions.procedures.words_parsing import folded, pattern
from kit.text import Folded


class LifeEvent(StrEnum):
    """What happens in a life and brings papers with it."""

    bereavement = "bereavement"
    disaster = "disaster"
    divorce = "divorce"
    birth = "birth"
    marriage = "marriage"
    disability = "disability"
    care = "care"
    business = "business"
    retirement = "retirement"
    lost_job = "lost_job"
    moving_out = "moving_out"
    moving_in = "moving_in"
    moving_within = "moving_within"
    moving = "moving"
    mynumber_card = "mynumber_card"


# What has surely happened, or is meant to. In this order: a widow who moves is bereaved first.
_HAPPENED: tuple[tuple[LifeEvent, re.Pattern[str]], ...] = tuple(
    (event, pattern(words))
    for event, words in (
        (
            LifeEvent.bereavement,
            r"亡くな(?!った(?:母|父|夫|妻|主人)が(?:好|生前))|亡くし|亡ぐな|亡っ(?:た|て)"
            r"|死亡(?:届|し)|死んだ(?!ら|ほうが|方が)|死んで(?!も|しま(?:い|お|う)|い[いく]|やる"
            r"|る)|死ん(?:じ|ぢ)まっ|死去|死後|死にまし|死なれ|死なっち|しにました|しんだ(?!ら)"
            r"|死別|他界|逝去|急逝|永眠|逝(?:っ|き|く)|旅立(?:ち|っ)"
            r"|息を引き取|先立たれ|看取(?:っ|り)|みとり?ま|お?悔やみ|おくやみ|初七日|四十九日"
            r"|49日|未亡人|遺族|葬式|葬儀|お通夜|納骨|遺品|喪主|忌中|仏(?:さん|様)に"
            r"|(?:母|父|親|夫|妻|主人|旦那|家内|女房|嫁|奥|息子|娘|叔父|叔母|伯父|伯母|孫|つれあい|連れ合い|祖母|祖父|兄|弟|姉|妹|さん|ちゃん|おっと|つま|ばっぱ"
            r"|じっち|ちち|はは)(?:が|は|も|\s)+(?:[^。、がを]{0,8})なくな(?:りま|った|って|られ)"
            r"|passed away|\bdied\b|\bdeath\b|\bdead\b|去世|过世|病故|qua đời|đã mất|mất rồi"
            r"|người nhà mất|falec|morreu|\bmorte\b",
        ),
        (
            LifeEvent.disaster,
            r"被災|罹災|り災|りさい|浸水|水に浸か|水(?:が|に)(?:入って|つか|来て)|水害|すいがい"
            r"|床上|床下|冠水|水没|焼失|(?:崖|がけ|土砂|山|裏山が?)崩れ|川が(?:あふれ|溢れ|氾濫)"
            r"|いえ(?:が|は)(?:こわれ|もえ|やけ)|みずにつか|(?:家|建物|倉庫|店)(?:が"
            r"|も)?(?:[^。、]{0,6})燃え|倒木|全焼|半焼|全壊|半壊|一部損壊|土砂(?:が|崩れで|に)"
            r"|焼け出|火事(?:で|に|が|を出)|火災(?:で|に|が)|もらい火|ぼや(?:が|を|で)"
            r"|(?:家|屋根|うち|自宅|壁|瓦|納屋|小屋|塀|車庫|アパート|物置"
            r"|実家)(?:[がはもの、])[^。]{0,14}(?:壊れ|焼け|抜け(?!毛)|つぶれ|潰れ|流され|飛ば"
            r"|飛ん|燃え|崩れ|傾|倒れて?き|ひび|剥が|はが|落ちて?)"
            r"|(?:台風|大雨|豪雨|地震|洪水|大雪|雪|突風|竜巻|強風|雷|雹"
            r"|ゲリラ雷雨)[^。]{0,24}(?:壊れ|飛ば|飛んで|崩れ|つぶれ|潰れ|流され|流れ|やられ|被害"
            r"|割れ|傾|ひび|浸か|つか[りっ]|住めな|雨漏り|めちゃ|ぐちゃ|落ち(?:た|て|まし)"
            r"|抜けた)"
            r"|flood|disaster|(?:typhoon|storm|snow|fire)[^.]{0,30}(?:damag|destroy|broke|burn"
            r"|collaps)|earthquake|水淹|受灾|地震[^。]*(?:塌|坏)|ngập|thiên tai|enchente|desastre"
            r"|terremoto|burned down|house fire",
        ),
        (
            LifeEvent.divorce,
            r"離婚|りこん|離縁|(?:夫|妻|旦那|主人|嫁|だんな|奥さん"
            r"|相手)(?:さん)?と(?:は)?(?:[^。、]{0,6})別れ(?!道)|籍を抜|旧姓に戻|別れた(?:夫|妻"
            r"|旦那)|(?:シングル(?:マザー|ファザー)?|ひとり親|一人親|1人親|母子家庭"
            r"|父子家庭)に(?:なり|なる|なっ)|籍(?:が|も)抜け|籍を(?:外|はず)|バツイチに|親権"
            r"|養育費"
            r"|divorc|离婚|離婚|ly hôn",
        ),
        (
            LifeEvent.birth,
            r"(?:赤ちゃん|赤ん坊|あかちゃん|子ども|子供|こども|孫|双子|人目|第[一二三1-3]子|長男"
            r"|長女|次男|次女|三男|三女|男の子|女の子|娘|息子|(?<![ぁ-ん])子)(?:が|は|も|を|、"
            r"|\s){0,2}(?:[^。、]{0,10})(?:生ま|産ま|うま|誕生|授か|できまし|できた"
            r"|産[みんむ]|うみま|うんだ)(?!れたばかりの|れた(?:子|娘|息子|赤)|れ育|れつき)"
            r"|誕生(?!日|月|石|会)|having a baby|had (?:a|our|my)(?: \w+)? (?:child|baby|son"
            r"|daughter|boy|girl)|心拍(?:が|を)?確認|子宝|[男女]児|出産(?!祝)|妊娠(?!中(?:の妻"
            r"|で、|の、|だけ)|線)|懐妊|身ごも|おめでた|妊婦|臨月|お(?:なか|腹)に(?:赤|子|命"
            r"|い(?:る|ま)|2人)|出生届|母子(?:健康)?手帳|授か(?:り|っ)|家族が(?:[^。、]{0,6})増え"
            r"|安産|産後|つわり|里帰り|出産予定|予定日|お産(?!み)|帝王切開|陣痛|産婦人科|新生児"
            r"|胎児|(?:ママ|パパ|母親|父親|お母さん)になり(?:ます|まし)|第[一二三1-3]子"
            r"|産ん(?!で育)|産む(?:つもり|予定|こと)|産みま|産まれ(?!たばかりの)"
            r"|生まれて(?!初めて|から\d|このかた)|生まれちゃ|うまれまし|うまれます"
            r"|(?<!年)(?<!代)(?<!月)(?:生まれました|生まれそう|生まれます|生まれた(?!ばかりの|子"
            r"|娘|息子|赤|時|頃|町|街|家|場所))"
            r"|had a baby|baby (?:was|is) born|gave birth|new baby|(?:son|daughter|boy"
            r"|girl) (?:was|is) born|was born|expecting|due (?:date|in)|newborn|was born|pregnan"
            r"|expecting a|出生|怀孕|生了|có thai|mang thai|mới sinh|sinh em bé|sinh con(?! nuôi)"
            r"|nasceu|grávida",
        ),
        (
            LifeEvent.marriage,
            r"結婚(?!記念|式場|相談|当時|して\d+年)|けっこん|入籍|籍を入れ|籍(?:を|だけ"
            r"|も)?(?:[^。、]{0,4})入れ|嫁さん?を?もら|一緒になる(?:こと|ので)|婚姻|再婚"
            r"|嫁に(?:行|来|い|き)|嫁ぐ|嫁ぎ(?!先)|婿(?:に|入り|養子)|(?:名字|苗字|姓"
            r"|氏)が?(?:を)?(?:変わ|変え|変更|かわ)|改姓|婚約|プロポーズ|所帯を持"
            r"|パートナーシップ(?:宣誓|制度)|夫婦になり"
            r"|getting married|marrying|wedding|got married|marry|marriage|结婚|kết hôn|casar"
            r"|casamento",
        ),
        (
            LifeEvent.disability,
            r"(?:障害|障がい|しょうがい|療育|身障|身体|精神|福祉)(?:者"
            r"|の)?(?:保健福祉)?(?:の)?手帳(?!(?:は|を|も)?(?:持って|あり|ある))|(?:障害"
            r"|障がい)(?:が残|と(?:診断|言われ)|者?に(?:なり|なって|なった)|(?:年金|福祉)(?:を|が"
            r"|は|の申|サービス)|認定|等級|の(?:診断|申請|手続|等級))|療育(?:を|に)"
            r"|透析|ペースメーカー|人工関節|人工肛門|ストーマ|義足|切断|(?:半身|片|手|足|右|左"
            r"|下半身|体)(?:の|が|に)?(?:麻痺|まひ|不随|不自由)|麻痺が|失明|視力を|(?:目"
            r"|耳)が(?:ほとんど|あまり|もう)?(?:見え|聞こえ|聴こえ|きこえ|みえ)な|(?:自閉|発達障"
            r"|知的障|adhd|統合失調|うつ病|双極|てんかん|難病|高次脳)[^。]{0,16}(?:診断|言われ|通"
            r"|手帳|支援)|自立支援医療|後遺症|ダウン症|(?:精神科|心療内科)に|(?:うつ|鬱)で"
            r"|指定難病|難病|(?:リウマチ|パーキンソン)(?:で|に|と)|補聴器|難聴|弱視|障碍"
            r"|ヘルプマーク|(?:手|足|腕|体|指|半身|右|左)(?:側)?が(?:[^。、]{0,6})(?:動かな"
            r"|不自由|きかな|効かな|麻痺|まひ)|(?:目|耳|視力|聴力)が(?:[^。、]{0,8})(?:見え"
            r"|聞こえ|落ち|悪く|きこえ|みえ)|人工呼吸|障害年金|しょうがい(?:しゃ)?(?:てちょう"
            r"|ねんきん)|disab|wheelchair|handicap|autis|hearing loss|残疾|khuyết tật|deficiência",
        ),
        (
            LifeEvent.care,
            r"夜(?:中)?に[^。]{0,6}出(?:歩|て(?:行|い))|出歩くように|(?:介護|かいご)(?!の(?:仕事|会社)|職|士|福祉士|保険(?:料|証))|認知症(?!の(?:母|父"
            r"|祖母|祖父|義母|義父|親)(?:と|を連れ|を引き取))|ぼけて|ボケ(?:て|が|始)|物忘れ"
            r"|もの忘れ|徘徊|寝たきり|歩けね|(?:歩|ある)けな(?:く|い)|施設に(?:入れ|はいれ|入らせ"
            r"|あずけ|預け)|(?:足腰|足)が(?:弱|立た|悪く)|デイサービス|老人ホーム|特養|ケアマネ"
            r"|ヘルパー(?:さん)?(?:に|を|が)|包括|(?:1人"
            r"|一人)で(?:は)?(?:もう)?(?:[^。、]{0,10})(?:できな|入れな|行けな|無理|暮らせな"
            r"|置いて)"
            r"|(?:母|父|親|祖母|祖父|義母|義父|ばあちゃん|じいちゃん|ばあさん|じいさん|ばっぱ|夫"
            r"|妻|主人)(?:が|は|も)(?:[^。]{0,20})(?:倒れ|転ん|骨折|退院|弱って|脳梗塞|脳出血"
            r"|見てられ|面倒)"
            r"|needs? care|nursing care|bedridden|care (?:for|of) my (?:mother|father|parent"
            r"|husband|wife|grand)|dementia|护理|照护|chăm sóc|cuidados",
        ),
        (
            LifeEvent.retirement,
            r"定年|ていねん|リタイ[アヤ]|雇用延長|(?:年金(?:生活|暮らし))に(?:入|な)"
            r"|再雇用(?:[^。、]{0,4})(?:終|おわ|切れ|満了)|退職後の|(?:引退|隠居)(?:し|する|を|で"
            r"|に|です)|勤め上げ|勤めあげ|長年(?:[^。、]{0,6})(?:勤め|働い)[^。]{0,20}(?:退職"
            r"|辞め|卒業|終)|再雇用(?:も|が)?(?:[^。、]{0,6})(?:終|満了|おわ)"
            r"|\d{2}年(?:間)?(?:[^。、]{0,6})(?:勤め|働い)[^。]{0,16}(?:退職|辞め|やめ|終)"
            r"|(?:5[5-9]|6\d|7\d)(?:歳|才)?(?:[^。]{0,16})(?:退職|(?:会社|仕事|勤め)を(?:辞め"
            r"|やめ))|(?:退職|(?:会社|仕事|勤め)を(?:辞め|やめ))[^。]{0,14}(?:年金(?:生活|暮"
            r"|を?もら|受給)|5[5-9]歳|6\d歳)|早期退職|retir(?:e|ing|ed|ement)|退休|nghỉ hưu"
            r"|aposent",
        ),
        (
            LifeEvent.lost_job,
            r"退職(?!金)|たいしょく|(?:派遣|シフト)を?切|退社(?!時間)|辞職|(?:首|クビ)を切"
            r"|首に(?:な|さ)|廃業|(?:会社|店|商売|事業|工場|旅館|家業)(?:を|は|も)?[^。、]{0,6}(?:たた(?:む|み|ん)|畳(?:む|み|ん))|(?:会社|勤め先|職場)(?:が|も)[^。、]{0,4}なくなっ|会社都合|自己都合|失業保険|雇用保険|ハロワ|人員整理|(?:雇用"
            r"|契約)?期間満了|任期(?:満了|切れ|が終)|失業|失職|職を失|離職|(?:仕事|会社|かいしゃ"
            r"|しょくば|勤め先?|職場|勤務先|バイト|パート|工場|しごと|(?:お|勤めてた|働いてた)店"
            r"|旅館|ホテル|スーパー)(?:を|が|は|も|、|\s)?(?:[^。、]{0,6})(?:辞め|やめ|失|なくし"
            r"|無くし|なくな|無くな|つぶれ|潰れ|倒産|閉鎖|閉まり|追い出|クビ|切られ|閉店|廃業)"
            r"|辞めて|辞めた|辞めま|辞めさせ|辞めることに|リストラ|クビ(?:に|を|だ|で)|くびになっ"
            r"|解雇|倒産|雇い止め|雇止め|派遣切り|契約(?:を|が|の)?(?:切られ|切れ|満了|終了"
            r"|更新され(?:ず|な)|打ち切)|内定(?:が)?取|ハローワーク|lost my job|quit my (?:job"
            r"|company)|got fired|let go\b|went bankrupt|contract (?:ended|was not|wasn't"
            r"|expired)|resigned|unemployed|left my job|was fired|laid off|失业|辞职|mất việc"
            r"|nghỉ việc|perdi o emprego|demitid|saí da empresa",
        ),
        (
            LifeEvent.business,
            r"(?:自営業?|フリーランス|個人事業主?|社長|農家)(?:に|として)(?:なる|なりま|なっ"
            r"|なろう)"
            r"|(?<!使用)(?<!水道)(?<!生活)(?<!暮らし)(?<!介護)(?<!治療)(?<!透析)(?<!同居)(?<!ごみ"
            r"出し)を(?:[^。、を]{0,6})(?:始めたい|始めます|始めよう|始めることに|はじめたい"
            r"|オープン|開きたい|開こう|開くこと)|(?:かいしゃ|おみせ|みせ|れすとらん)を(?:つく"
            r"|はじ|ひら|だ[すし])|(?:start|open|set up) (?:my|our|an?) (?:own |small "
            r"|new )?(?:business|company|shop|store|cafe|restaurant)|起業|自分の(?:お?店|会社)"
            r"|(?:自分|個人)で(?:仕事|商売|会社|店|事業)?を?(?:始|はじ|や[るりろ])|フリーランスで"
            r"|独立(?:予定|です|に)|(?:お?店|家業|商売|事業|旅館|農家|工場)を(?:継|持|構え"
            r"|引き継)|事業承継|(?:株式|合同)会社(?:を|に)|法人(?:を|に)|(?:フリーランス"
            r"|個人事業主?)に|副業(?:を|で)|開業|創業|開店|就農|法人(?:成り|を?設立|化)|(?:お?店"
            r"|カフェ|商売|会社|事業|美容室|美容院|サロン|食堂|蕎麦屋|そば屋|ラーメン屋|パン屋"
            r"|居酒屋|飲食店|喫茶店|教室|塾|販売|ケーキ屋?|弁当屋?|雑貨|花屋|古着屋?|床屋|理容室?"
            r"|マッサージ|エステ|整骨院|鍼灸|トリミング|ペンション|旅館|工務店|事務所|運送業?"
            r"|配達|デザイナー|ライター|カメラマン|惣菜屋?|スタジオ|ジム|スクール|ネイル|民泊"
            r"|民宿|ゲストハウス|キッチンカー|移動販売|整体院?|工房|ショップ|屋台|おみせ|みせ"
            r"|農園|自営業?|フリーランス|個人事業主?|バー|スナック|屋)(?:を|に|として|で|は|の|も"
            r"|\s)?(?:[^。、]{0,8})(?:始め|はじめ|開[きくいけこ]|ひら[きくい]|つく(?:る|り|っ)"
            r"|作[るりっろ]|立ち上げ|起こし|興し|出[しすそ](?!入|て(?:もら|くだ))|やる|やりたい"
            r"|やろう|オープン|設立|営みたい|したい)"
            r"|独立(?:し|する|を|開)|脱サラ|屋号|営業許可|開業届|open(?:ing)? an? "
            r"|start(?:ing)? an? (?:company|business|shop)|开店|开一家|开公司|mở (?:quán|công ty"
            r"|cửa hàng)|abrir (?:um|uma|empresa)",
        ),
        (
            LifeEvent.moving_out,
            r"转出|搬出|搬走|chuyển đi|mudar para outra|move out|moving out",
        ),
        (
            LifeEvent.moving_in,
            r"搬过来|搬来|迁入|chuyển đến",
        ),
        (
            LifeEvent.moving,
            r"mov(?:ed|ing|e)\b(?! on)|搬家|搬到|chuyển nhà|mudei|mudança|mudar",
        ),
        (
            LifeEvent.mynumber_card,
            r"(?:マイナンバー?|マイナ(?!ス|ー)|マイナー(?:カード|保険)|マイ(?:ン|ナ)ナンバ"
            r"|個人番号|カードの(?:有効期限|暗証)|my[- ]?number|mynumber|individual number"
            r"|ナンバーカード)(?:[^\n]{0,36})(?:無[くぐ]|な[くぐ](?:し|な)|どっか|見つかん"
            r"|みあたら|失く|紛失|落と|おとし|おどし|盗ま|見当たら|見つから|みつから|どこ(?:か|に"
            r"|さ|へ)|期限|切れ|更新|暗証|パスワード|ロック|再発行|再交付|届か|失効|使えな|エラー"
            r"|作り直|作りたい|作ってい?な|持ってい?な|割れ|壊れ|破損|曲が|欠け|水没|洗(?:濯|っ)"
            r"|忘れ|わすれ|きれ(?:る|そ|ま|た)|読み取|有効|捨て|expire|lost|renew|stolen)|(?:期限"
            r"|紛失|無く|なく|落と|更新|再発行|暗証番号|lost|expir"
            r"|renew)[^。]{0,16}(?:マイナンバー?カード|マイナカード|個人番号カード|my ?number)"
            r"|(?:電子証明書)[^。]{0,10}(?:期限|更新|切れ)",
        ),
    )
)
# What a life only holds beside, unless nothing else is told.
_BESIDE: tuple[tuple[LifeEvent, re.Pattern[str]], ...] = tuple(
    (event, pattern(words))
    for event, words in (
        (LifeEvent.bereavement, r"亡く|死亡|の相続"),
        (LifeEvent.birth, r"妊娠|出産|生まれたばかり"),
        (LifeEvent.divorce, r"別居|ひとり親|シングルマザー|シングルファザー|母子家庭|父子家庭"),
        (
            LifeEvent.disability,
            r"不自由|うつ病|鬱病|自閉|ダウン症|てんかん|難病|障害|障がい|しょうがい|療育|車いす|車椅子",
        ),
        (LifeEvent.business, r"起業|個人事業主|キッチンカー|フリーランス"),
        (LifeEvent.care, r"介護(?!休|職|士|福祉|の(?:仕事|会社))|認知症"),
        (LifeEvent.lost_job, r"無職|仕事(?:が|は)ない"),
        (
            LifeEvent.mynumber_card,
            r"(?<!クレジット)(?<!キャッシュ)(?<!在留)(?<!図書)(?<!診察)(?<!ポイント)カード"
            r"[^。]{0,20}(?:なく[しな]|無く|落と|期限|更新|暗証|再発行)",
        ),
        (
            LifeEvent.mynumber_card,
            r"(?:マイナンバー|マイナ(?!ス|ー)|個人番号カード|電子証明書)"
            r"(?![^。]*(?:土日|何時|時間|どこで|受け取れ))"
            r"(?=[^。]*(?:ました|たい|ない|てい|なった|しまっ|です|だ$|。))",
        ),
        (LifeEvent.moving, r"住所変更|じゅうしょへんこう|住所の変更"),
    )
)
# Who leaves work at the end of a working life.
_OLD = pattern(
    r"老齢年金|年金(?:を)?(?:もら|受け取|受給)|年金(?:生活|暮らし)|(?<!の)(?<![父母])(?:は|が|、"
    r"|。|^)?(?:5[5-9]|6\d|7[0-5])(?:歳|才|さい|(?=で(?:会社|仕事|退|辞|や)))(?!の)"
    r"|[2-5]\d年(?:間)?(?:[^。、]{0,6})(?:勤|働|つと)|長年|長く勤め|役職|嘱託|再雇用|第二の人生"
    r"|勤め上げ"
)
_GRAVE = frozenset({LifeEvent.bereavement, LifeEvent.disaster})
_ANIMAL = pattern(
    r"(?:犬|猫|ねこ|いぬ|ペット|鳥|うさぎ|ハムスター|金魚|わんこ|インコ)[^。、]{0,6}(?:死|亡|しん"
    r"|逝|旅立|なくな)"
)
_LONG_AGO = pattern(
    r"(?:数年|\d+年|ずっと|だいぶ|昔|とうに|すでに|既に)(?:も)?(?:前|以前)?(?:に)?[^。、]{0,8}$"
)
_LATE = pattern(
    r"った(?:あと|後)|った(?:父|母|祖父|祖母|夫|妻|親|主人)の(?:家|実家|土地|建物|空き家|納屋|畑)"
)
# Where one event is only why another comes: 結婚して引っ越します, 介護のため会社を辞めました.
_WHY = pattern(
    r"[^。!?\n、]{0,10}?(?:て|で|ので|のため|ために|を機に|をきっかけに|に伴|にともな|に合わせ"
    r"|ことになり|[しり]、|あと|後に?|後、)"
)
# What lasts while somebody moves.
_STATE = pattern(
    r"介護|認知症|かいご|妊娠(?:中|\d|[^。]{0,3}(?:か月|ヶ月|週))|妊婦|物忘れ|もの忘れ|足腰|pregnan"
)
_WHY_CARE = pattern(r"[^。!?\n]{0,25}?(?:て|で|ため|に|り、)")
_SENTENCES = re.compile(r"[。!?\n]")


Hit = tuple[LifeEvent, int, int]


def life_event(text: str, here: Here = NOWHERE) -> LifeEvent | None:
    """Return the event that the words tell of; an animal's death is none.

    The gravest comes first; one that is only the reason for another does not count. `here`
    tells whether a move is into this city.
    """
    words = folded(text)
    hits = _told(words, here)
    main = [hit[0] for hit in hits if not _is_why(words.words, hit, hits)]
    if main:
        event = min(main, key=list(LifeEvent).index)
        ends = event is LifeEvent.lost_job and _OLD.search(words.words)
        return LifeEvent.retirement if ends else event
    return next((event for event, one in _BESIDE if one.search(words.words)), None)


def life_events(text: str, here: Here = NOWHERE) -> tuple[LifeEvent, ...]:
    """Return the event that the words tell of, and after it what else is told."""
    first = life_event(text, here)
    if first is None:
        return ()
    others = sorted({hit[0] for hit in _told(folded(text), here)}, key=list(LifeEvent).index)
    return tuple(dict.fromkeys((first, *others)))


def _told(words: Folded, here: Here) -> list[Hit]:
    hits = _happened(words.words)
    move = move_told(words, here)
    if move.at >= 0:
        moved = _MOVED[move.direction] if move.direction else LifeEvent.moving
        hits.append((moved, move.at, move.at + 2))
    return hits


_WAYS = (
    (
        LifeEvent.moving_within,
        pattern(r"市内|(?:市|町)の?中で|同じ市|転居|within|same city|市内搬|trong thành phố"),
    ),
    (
        LifeEvent.moving_out,
        pattern(
            r"出る|出ます|出て(?:行|い)|転出|市外(?:へ|に)|外(?:へ|に)出|県外(?:へ|に)"
            r"|moving out|leav|搬出|离开|chuyển đi|sair"
        ),
    ),
    (
        LifeEvent.moving_in,
        pattern(
            r"(?:引っ?越して|越して|転入して|出て|から|外から)?(?:来た|きた|来まし|きまし|来る|くる)|入って(?:来|き)"
            r"|転入|市外から|県外から|moved? (?:in|here)|came|搬来|迁入|chuyển đến|cheguei"
        ),
    ),
)


def which_way(text: str) -> LifeEvent | None:
    """Return which way somebody moves who was asked: 出る予定です. None where that stays open."""
    words = folded(text).words
    found = [event for event, one in _WAYS if one.search(words)]
    return found[0] if len(found) == 1 else None


def _happened(words: str) -> list[Hit]:
    """Return every event that is told, with where; the newest may be told twice."""
    hits = []
    for event, one in _HAPPENED:
        for match in one.finditer(words):
            if event is LifeEvent.bereavement and _is_no_grief(words, match):
                continue
            hits.append((event, match.start(), match.end()))
    return hits


def _is_no_grief(words: str, match: re.Match[str]) -> bool:
    sentence = _SENTENCES.split(words[: match.start()])[-1]
    beside = _LATE.match(words, match.end()) or _LONG_AGO.search(sentence)
    return bool(beside or _ANIMAL.search(words))


def _is_why(words: str, hit: Hit, hits: list[Hit]) -> bool:
    event, start, end = hit
    if event in _GRAVE:
        return False
    if any(other in MOVES for other, _, _ in hits) and _STATE.match(words, start):
        return True
    rest = _SENTENCES.split(words[end:])[0]
    if not (_WHY_CARE if event is LifeEvent.care else _WHY).match(rest):
        return False
    return any(
        other in MOVES and event not in MOVES and end <= start <= end + len(rest)
        for other, start, _ in hits
    )


_MOVED = {
    Direction.into: LifeEvent.moving_in,
    Direction.out: LifeEvent.moving_out,
    Direction.abroad: LifeEvent.moving_out,
    Direction.within: LifeEvent.moving_within,
}
MOVES = frozenset({*_MOVED.values(), LifeEvent.moving})
